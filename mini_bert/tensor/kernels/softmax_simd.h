#pragma once

#include "mini_bert/tensor/simd/loops.h"
#include "mini_bert/tensor/simd/math.h"
#include "mini_bert/tensor/simd/registers.h"

namespace mini_bert::simd {

// The largest of n numbers. NaN is ignored; the result is −∞ if there is no number.
template <class F, class Element>
float maximum(const Element* x, Index n) {
  const F least(-__builtin_inff());
  F a = least, b = least;
  Index i = 0;
  for (; i + 2 * F::lanes <= n; i += 2 * F::lanes) {
    a = max(F::load(x + i), a);  // x first: if it is NaN, max returns the other operand
    b = max(F::load(x + i + F::lanes), b);
  }
  for (; i < n; i += F::lanes) {
    // Lanes beyond the end are loaded as 0 and must not count, so they are set to −∞.
    const Index left = n - i < F::lanes ? n - i : F::lanes;
    float lanes[F::lanes];
    least.store(lanes);
    F::load(x + i, left).store(lanes, left);
    a = max(F::load(lanes), a);
  }
  return max_lane(max(a, b));
}

template <class F, class Element>
void softmax(const Element* x, Index rows, Index cols, Element* y) {
  for (Index t = 0; t < rows; ++t, x += cols, y += cols) {
    const F largest(maximum<F>(x, cols));
    float total[1];
    sum_over_registers<F>(cols, total, [&](Index i, auto lanes, F(&sums)[1]) {
      const F e = lanes.only(exp(lanes.load(x + i) - largest));
      lanes.store(e, y + i);
      sums[0] += e;
    });
    const F factor(1.0f / total[0]);
    for_each_register<F>(cols, [&](Index i, auto lanes) { lanes.store(lanes.load(y + i) * factor, y + i); });
  }
}

template <class F, class Element>
void softmax_backward(const Element* dy, const Element* y, Index rows, Index cols, bool accumulate, Element* dx) {
  for (Index t = 0; t < rows; ++t, dy += cols, y += cols, dx += cols) {
    float total[1];
    sum_over_registers<F>(cols, total, [&](Index i, auto lanes, F(&sums)[1]) {
      sums[0] = fma(lanes.load(dy + i), lanes.load(y + i), sums[0]);
    });
    const F mean(total[0]);
    for_each_register<F>(cols, [&](Index i, auto lanes) {
      put(lanes, lanes.load(y + i) * (lanes.load(dy + i) - mean), accumulate, dx + i);
    });
  }
}

template <class F, class Element>
constexpr SoftmaxLoops<Element> softmax_loops() {
  return {.forward = softmax<F, Element>, .backward = softmax_backward<F, Element>};
}

}  // namespace mini_bert::simd
