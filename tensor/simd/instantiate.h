#pragma once

#include "tensor/kernels/matmul_simd.h"
#include "tensor/simd/kernels.h"

namespace mini_bert::simd {

// Every loop for one register type.
template <class F, template <class> class Bf16Words>
constexpr Kernels make_kernels(Isa isa) {
  Kernels k{};
  k.isa = isa;
  add_gemm<F, Bf16Words<F>>(k);
  return k;
}

}  // namespace mini_bert::simd
