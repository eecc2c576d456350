#include "mini_bert/tensor/simd/f32x4.h"

#include "mini_bert/tensor/simd/instantiate.h"

namespace mini_bert::simd {

const Kernels& neon_kernels();
const Kernels& neon_kernels() {
  static constexpr Kernels kernels = make_kernels<F32x4>(Isa::neon);
  return kernels;
}

}  // namespace mini_bert::simd
