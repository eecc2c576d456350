#pragma once

#include "tensor/kernels/attention_simd.h"
#include "tensor/kernels/matmul_simd.h"
#include "tensor/simd/kernels.h"

namespace mini_bert::simd {

// Every loop for one register type. Tile sizes leave enough registers for a row of B and an element of A.
template <class F>
constexpr Kernels make_kernels(Isa isa) {
  Kernels k{};
  k.isa = isa;
  add_gemm<F>(k);
  add_attention<F>(k);
  return k;
}

}  // namespace mini_bert::simd
