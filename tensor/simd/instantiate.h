#pragma once

#include "tensor/kernels/matmul_simd.h"
#include "tensor/simd/kernels.h"
#include "tensor/simd/make_loops.h"

namespace mini_bert::simd {

// Everything for one register type.
template <class F>
constexpr Kernels make_kernels(Isa isa) {
  Kernels k{};
  k.isa = isa;
  add_gemm<F>(k);
  k.f32 = activation_loops<F, float>();
  k.bf16 = activation_loops<F, BFloat16>();
  k.parameters = parameter_loops<F>();
  return k;
}

}  // namespace mini_bert::simd
