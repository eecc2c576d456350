#include "mini_bert/tensor/simd/isa.h"
#include "tests/tensor/simd/emulated.h"

namespace mini_bert {

// AVX2 computes what is emulated. Its own kernels are checked once more, because AVX-VNNI belongs to them.
bool has(Isa) {
  return true;
}

bool has_int8_instructions(Isa isa) {
  return isa == Isa::avx2 || isa == Isa::avx512 || isa == Isa::avx512_bf16;
}

namespace testing {

bool emulated() {
  return true;
}

}  // namespace testing
}  // namespace mini_bert
