#include "mini_bert/tensor/simd/f32x8.h"

#include "mini_bert/tensor/simd/instantiate.h"

namespace mini_bert::simd {

const Kernels& avx2_kernels();
const Kernels& avx2_kernels() {
  static constexpr Kernels kernels = make_kernels<F32x8>(Isa::avx2);
  return kernels;
}

}  // namespace mini_bert::simd
