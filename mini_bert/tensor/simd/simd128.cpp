#include "mini_bert/tensor/simd/f32x4_simd128.h"
#include "mini_bert/tensor/simd/instantiate.h"

namespace mini_bert::simd {

const Kernels& simd128_kernels();
const Kernels& simd128_kernels() {
  static constexpr Kernels kernels = make_kernels<F32x4>(Isa::simd128);
  return kernels;
}

}  // namespace mini_bert::simd
