#include "mini_bert/tensor/simd/f32x16.h"

#include "mini_bert/tensor/simd/instantiate.h"

namespace mini_bert::simd {
namespace {

// Adds to `sum` the products of both bfloat16 numbers of every word of a and b. The instruction treats denormals as 0
// and rounds in its own way.
inline F32x16 dot_pairs(F32x16 a, F32x16 b, F32x16 sum) {
  return _mm512_dpbf16_ps(sum.v, (__m512bh)a.v, (__m512bh)b.v);
}

}  // namespace

const Kernels& avx512_bf16_kernels();
const Kernels& avx512_bf16_kernels() {
  static constexpr Kernels kernels = make_kernels<F32x16, PairWords>(Isa::avx512_bf16);
  return kernels;
}

}  // namespace mini_bert::simd
