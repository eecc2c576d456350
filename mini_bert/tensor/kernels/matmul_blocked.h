#pragma once

#include "mini_bert/tensor/kernels/matmul.h"
#include "mini_bert/tensor/simd/kernels.h"

namespace mini_bert::kernels {

// One factor of a product in memory, as f32, bf16 or f16. Element (i, j) is data[i·ld + j], or data[j·ld + i] if
// transposed.
struct Factor {
  const void* data;
  DType dtype;
  Index ld;
  bool transposed;
};

// C = A·B, [M,K]·[K,N], in tiles that stay in registers. The factors are widened to f32; if `rounded`, both are rounded
// to bf16. Sums are f32.
struct Product {
  Index m, n, k;
  Factor a, b;
  void* c;
  DType c_dtype;  // f32 or bf16
  Index ldc;
  Output output = Output::replace;
  bool rounded = false;
  const float* bias = nullptr;  // [N], added to every row; only with Output::replace
  // For a weight that may be in panels (matmul_packed.h): B = Wᵀ, and `panels` holds it as well, or is null. The sums
  // have the same order in both cases.
  bool may_be_packed = false;
  const WeightPanels* panels = nullptr;
};

void matmul_blocked(const simd::Kernels& simd, const Product& product);

}  // namespace mini_bert::kernels
