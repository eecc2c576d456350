#include "mini_bert/tensor/kernels/matmul_simd.h"
#include "mini_bert/tensor/simd/f32x16.h"

namespace mini_bert::simd {
namespace {

// Adds to `sum` the products of both bfloat16 numbers of every word of a and b. The instruction treats denormals as 0
// and rounds in its own way.
inline F32x16 dot_pairs(F32x16 a, F32x16 b, F32x16 sum) {
  return _mm512_dpbf16_ps(sum.v, (__m512bh)a.v, (__m512bh)b.v);
}

}  // namespace

const Kernels& avx512_kernels();
const Kernels& avx512_bf16_kernels();

// Only products of bfloat16 differ from those of AVX-512.
const Kernels& avx512_bf16_kernels() {
  static const Kernels kernels = [] {
    Kernels k = avx512_kernels();
    k.isa = Isa::avx512_bf16;
    k.bf16_terms = tiled_product<F32x16, PairWords<F32x16>>();
    return k;
  }();
  return kernels;
}

}  // namespace mini_bert::simd
