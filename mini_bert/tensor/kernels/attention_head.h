#pragma once

#include <cstdint>

#include "mini_bert/tensor/random.h"
#include "mini_bert/tensor/shape.h"

namespace mini_bert::simd {

// One head of one sentence as it lies in the packed tensors of tensor/kernels/attention.h; T is float or BFloat16, what
// activations are stored in. Pointers are to the first element of a block [S,D].
template <class Element>
struct AttentionHead {
  Index length, size, heads;  // S, D, N; rows are N·D apart, of log_sum_exp N
  const Element *q, *k, *v;

  double dropout;
  RandomKey key;
  std::uint64_t first_draw;  // that of element (0, 0) of P; those of a row follow, and a row comes N·2¹⁶ after another

  float* scratch;  // as many floats as attention_scratch says, 64-byte aligned
};

// Where the gradient of q, k or v goes, which lies as they do; nowhere when null.
template <class Element>
struct AttentionTarget {
  Element* data;
  bool accumulate;
};

// What the backward pass reads beside the head, and where it writes.
template <class Element>
struct AttentionHeadGradient {
  const Element* doutput;
  const float* log_sum_exp;
  AttentionTarget<Element> dq, dk, dv;
};

}  // namespace mini_bert::simd
