#pragma once

#include "mini_bert/tensor/simd/loops.h"
#include "mini_bert/tensor/simd/math.h"
#include "mini_bert/tensor/simd/registers.h"

namespace mini_bert::simd {

template <class F, class Element>
void tanh_forward(const Element* x, Index n, Element* y) {
  for_each_register<F>(n, [&](Index i, auto lanes) { lanes.store(tanh(lanes.load(x + i)), y + i); });
}

template <class F, class Element>
void tanh_backward(const Element* dy, const Element* y, Index n, bool accumulate, Element* dx) {
  for_each_register<F>(n, [&](Index i, auto lanes) {
    const F y_i = lanes.load(y + i);
    put(lanes, lanes.load(dy + i) * fnma(y_i, y_i, F(1.0f)), accumulate, dx + i);
  });
}

template <class F, class Element>
constexpr TanhLoops<Element> tanh_loops() {
  return {.forward = tanh_forward<F, Element>, .backward = tanh_backward<F, Element>};
}

}  // namespace mini_bert::simd
