#pragma once

#include <functional>

#include "mini_bert/tensor/shape.h"

// What the benchmark of matrix products compares with.
namespace mini_bert::bench {

// C [M,N] = A·B. The two forms of a linear layer y = x·Wᵀ and its gradients, without a transpose in memory:
// A is [M,K], or [K,M] when a_transposed; B is [K,N], or [N,K] when b_transposed. All row-major f32.
struct Problem {
  Index m, n, k;
  bool a_transposed, b_transposed;
  bool b_is_weight;  // may be brought into a library's own layout beforehand
  const float* a;
  const float* b;
  float* c;
};

// Each returns what computes C once, after everything that need not be repeated. Empty when this build or this CPU
// lacks it.
std::function<void()> onednn_product(const Problem& problem);
std::function<void()> eigen_product(const Problem& problem);  // compiled for AVX2 and FMA

}  // namespace mini_bert::bench
