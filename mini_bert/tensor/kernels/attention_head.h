#pragma once

#include <cstdint>

#include "mini_bert/tensor/random.h"
#include "mini_bert/tensor/shape.h"

namespace mini_bert::simd {

// One head of one sentence, as it lies in the packed tensors of tensor/kernels/attention.h. Element, float or BFloat16,
// is what activations are stored as. Each pointer is to the first element of a block [length,D].
template <class Element>
struct AttentionHead {
  Index length, size, heads;  // size is D, heads is N; rows are N·D apart, rows of log_sum_exp N
  const Element *q, *k, *v;

  double dropout;
  RandomKey key;
  // The random number of element (0, 0) of p. The elements of a row follow one another; rows are N·2¹⁶ numbers apart.
  std::uint64_t first_draw;

  float* scratch;  // AttentionLoops::scratch says how many floats; 64-byte aligned
};

// Where the gradient of q, k or v goes, with the same layout; null if it is not required.
template <class Element>
struct AttentionTarget {
  Element* data;
  bool accumulate;
};

// What the backward pass reads in addition to the head, and where it writes.
template <class Element>
struct AttentionHeadGradient {
  const Element* doutput;
  const float* log_sum_exp;
  AttentionTarget<Element> dq, dk, dv;
};

}  // namespace mini_bert::simd
