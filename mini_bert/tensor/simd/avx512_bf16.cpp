#include "mini_bert/tensor/kernels/attention_simd.h"
#include "mini_bert/tensor/kernels/matmul_simd.h"
#include "mini_bert/tensor/simd/f32x16.h"

namespace mini_bert::simd {
namespace {

// What PairWords (matmul_words.h) needs. These instructions treat denormals as 0; the first rounds sums in its own way.
inline F32x16 dot_pairs(F32x16 a, F32x16 b, F32x16 sum) {
  return _mm512_dpbf16_ps(sum.v, (__m512bh)a.v, (__m512bh)b.v);
}
inline F32x16 rounded_row(F32x16 first, F32x16 second) {
  return from_bits((__m512i)_mm512_cvtne2ps_pbh(second.v, first.v));
}
inline F32x16 rounded_pairs(F32x16 first, F32x16 second) {
  const U32x16 lane = U32x16::iota(), order = lane | ((lane + U32x16(16)) << 16);
  return from_bits(_mm512_permutexvar_epi16(order.v, bits(rounded_row(first, second)).v));
}

}  // namespace

const Kernels& avx512_kernels();
const Kernels& avx512_bf16_kernels();

// Only products of bfloat16 differ from those of AVX-512: those of matrices and those of attention.
const Kernels& avx512_bf16_kernels() {
  static const Kernels kernels = [] {
    Kernels k = avx512_kernels();
    k.isa = Isa::avx512_bf16;
    k.bf16_terms = tiled_product<F32x16, PairWords<F32x16>>();
    k.bf16.attention = attention_loops<F32x16, BFloat16, PairWords<F32x16>>();
    return k;
  }();
  return kernels;
}

}  // namespace mini_bert::simd
