#pragma once

#include "tensor/kernels/matmul.h"
#include "tensor/simd/kernels.h"

namespace mini_bert::kernels {

// One factor of a product of f32 matrices as it lies in memory: element (i, j) is data[i·ld + j], or data[j·ld + i]
// when transposed.
struct Factor {
  const float* data;
  Index ld;
  bool transposed;
};

// C = A·B, [M,K]·[K,N], in tiles that stay in registers.
struct Product {
  Index m, n, k;
  Factor a, b;
  float* c;
  Index ldc;
  Output output = Output::replace;
  const float* bias = nullptr;  // [N], added to every row; only with Output::replace
};

void matmul_blocked(const simd::Kernels& simd, const Product& product);

}  // namespace mini_bert::kernels
