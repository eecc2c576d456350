#pragma once

#include "mini_bert/tensor/kernels/gradient.h"
#include "mini_bert/tensor/random.h"

namespace mini_bert::kernels {

// y_i = x_i/(1−p) with probability 1−p and 0 otherwise, so that the expected value of y is x. Element i is kept if
// number i of the stream `key` is at least p. Srivastava et al. 2014, JMLR 15 §4; there the scale is applied at test
// time.
void dropout(const Tensor& x, double p, const RandomKey& key, Tensor& y);

// dx_i += dy_i/(1−p) where x_i was kept. The mask is not stored; it is drawn again from the key.
void dropout_backward(const Tensor& dy, double p, const RandomKey& key, const Gradient& dx);

// Writes elements [first, first+count) of the mask: factors that are 0 or 1/(1−p).
template <class Element>
void dropout_mask(double p, const RandomKey& key, std::uint64_t first, Index count, Element* mask) {
  const Element kept = static_cast<Element>(1.0 / (1.0 - p));
  const float threshold = static_cast<float>(p);
  std::array<std::uint32_t, 4> words{};
  for (Index i = 0; i < count; ++i) {
    const std::uint64_t element = first + static_cast<std::uint64_t>(i);
    if (i == 0 || element % 4 == 0) words = philox(key, element / 4);
    mask[i] = uniform_from_bits(words[element % 4]) < threshold ? Element(0) : kept;
  }
}

}  // namespace mini_bert::kernels
