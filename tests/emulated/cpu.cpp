#include "mini_bert/tensor/simd/isa.h"
#include "tests/tensor/simd/emulated.h"

namespace mini_bert {

// AVX2 computes what is emulated; the other tests have checked its own kernels.
bool has(Isa isa) {
  return isa != Isa::avx2;
}

bool has_int8_instructions(Isa isa) {
  return isa == Isa::avx512 || isa == Isa::avx512_bf16;
}

namespace testing {

bool emulated() {
  return true;
}

}  // namespace testing
}  // namespace mini_bert
