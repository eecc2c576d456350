#pragma once

#include "mini_bert/tensor/kernels/activation_table.h"
#include "mini_bert/tensor/simd/loops.h"
#include "mini_bert/tensor/simd/registers.h"

namespace mini_bert::simd {

template <class F, class Row, class Element>
void activate(const Element* x, Index n, Element* y) {
  for_each_register<F>(n, [&](Index i, auto lanes) { lanes.store(Row::fast_value(lanes.load(x + i)), y + i); });
}

template <class F, class Row, class Element>
void activate_backward(const Element* dy, const Element* x, Index n, bool accumulate, Element* dx) {
  for_each_register<F>(n, [&](Index i, auto lanes) {
    const F dy_i = lanes.load(dy + i), x_i = lanes.load(x + i);
    if constexpr (requires { Row::fast_gradient(dy_i, x_i); }) {
      put(lanes, Row::fast_gradient(dy_i, x_i), accumulate, dx + i);
    } else {
      put(lanes, dy_i * Row::fast_slope(x_i), accumulate, dx + i);
    }
  });
}

template <class F, class Element>
constexpr ActivationLoops<Element> activation_loops() {
  ActivationLoops<Element> loops{};
  activations::All::visit_all([&]<class Row>() {
    loops.of[static_cast<int>(Row::id)] = {.forward = activate<F, Row, Element>,
                                           .backward = activate_backward<F, Row, Element>};
  });
  return loops;
}

}  // namespace mini_bert::simd
