#pragma once

#include "mini_bert/tensor/kernels/matmul_dot_simd.h"
#include "mini_bert/tensor/kernels/matmul_int8_simd.h"
#include "mini_bert/tensor/kernels/matmul_simd.h"
#include "mini_bert/tensor/simd/kernels.h"
#include "mini_bert/tensor/simd/make_loops.h"

namespace mini_bert::simd {

// All kernels for one register type.
template <class F>
constexpr Kernels make_kernels(Isa isa) {
  Kernels k{};
  k.isa = isa;
  add_gemm<F>(k);
  add_gemm_dot<F>(k);
  add_gemm_int8<F>(k);
  k.f32 = make_loops<F, float>();
  k.bf16 = make_loops<F, BFloat16>();
  return k;
}

}  // namespace mini_bert::simd
