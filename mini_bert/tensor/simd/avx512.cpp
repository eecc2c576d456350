#include "mini_bert/tensor/simd/f32x16.h"

#include "mini_bert/tensor/simd/instantiate.h"

namespace mini_bert::simd {

const Kernels& avx512_kernels();
const Kernels& avx512_kernels() {
  static constexpr Kernels kernels = make_kernels<F32x16>(Isa::avx512);
  return kernels;
}

}  // namespace mini_bert::simd
