#pragma once

#include "mini_bert/tensor/kernels/softmax_simd.h"

namespace mini_bert::simd {

// Reads a row of logits once, in blocks. A block stays in the first-level cache while its maximum is found and its
// exponentials are added. Milakov & Gimelshein 2018, arXiv:1805.02867, by blocks.
template <class F, class Element>
float log_sum_exp(const Element* z, Index n) {
  constexpr Index block = 2048;
  float largest = -__builtin_inff(), total = 0.0f;
  for (Index begin = 0; begin < n; begin += block) {
    const Index count = n - begin < block ? n - begin : block;
    const float before = largest, here = maximum<F>(z + begin, count);
    if (here > largest) {
      largest = here;
      // Before the first finite number the sum is 0.
      total = before == -__builtin_inff() ? total : total * __builtin_expf(before - largest);
    }
    // −∞ − (−∞) would be NaN. e^−∞ is 0 whatever is subtracted.
    const F base(largest == -__builtin_inff() ? 0.0f : largest);
    float sums[1];
    sum_over_registers<F>(count, sums, [&](Index i, auto lanes, F(&sum)[1]) {
      sum[0] += lanes.only(exp(lanes.load(z + begin + i) - base));
    });
    total += sums[0];
  }
  return largest + __builtin_logf(total);
}

template <class F, class Element>
void cross_entropy_backward(const Element* z, float log_sum_exp, float scale, Index n, bool accumulate, Element* dz) {
  for_each_register<F>(n, [&](Index i, auto lanes) {
    put(lanes, F(scale) * exp(lanes.load(z + i) - F(log_sum_exp)), accumulate, dz + i);
  });
}

template <class F, class Element>
constexpr CrossEntropyLoops<Element> cross_entropy_loops() {
  return {.log_sum_exp = log_sum_exp<F, Element>, .backward = cross_entropy_backward<F, Element>};
}

}  // namespace mini_bert::simd
