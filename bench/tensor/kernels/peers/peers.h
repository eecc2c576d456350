#pragma once

#include <functional>

#include "mini_bert/tensor/shape.h"

// The libraries with which the benchmark of matrix products compares ours.
namespace mini_bert::bench {

// What both factors are rounded to before they are multiplied. int8: docs/int8.md.
enum class Rounded { f32, bf16, int8 };

// C [M,N] = A·B. It covers the forms of a linear layer y = x·Wᵀ and of its gradients, without a transpose in memory: A
// is [M,K], or [K,M] when a_transposed; B is [K,N], or [N,K] when b_transposed. All row-major f32.
struct Problem {
  Index m, n, k;
  bool a_transposed, b_transposed;
  const float* a;
  const float* b;
  float* c;
};

// How oneDNN reads B: as it lies in memory, in its own layout to which every call converts B first, or in its own
// layout since before the first call.
enum class LayoutOfB { given, converted, converted_before };

// Each function returns a function that computes C once. Work that need not be repeated is done before. The result is
// empty when this build or this CPU lacks the library.
std::function<void()> onednn_product(const Problem& problem, LayoutOfB layout);
std::function<void()> eigen_product(const Problem& problem);  // compiled for AVX2 and FMA

// oneDNN's y = x·Wᵀ with rounded factors and C in f32; not for f32. W is rounded and converted to oneDNN's layout
// before the first call. In bf16 so is x. In int8 every call rounds x, whose scale is known before: oneDNN has one
// scale for all numbers of x, and like ours one for each row of W.
std::function<void()> onednn_rounded_product(const Problem& problem, Rounded rounded);

}  // namespace mini_bert::bench
