#pragma once

#include "mini_bert/tensor/simd/loops.h"
#include "mini_bert/tensor/simd/math.h"
#include "mini_bert/tensor/simd/registers.h"

namespace mini_bert::simd {

template <class F, class T>
void tanh_forward(const T* x, Index n, T* y) {
  for_each_register<F>(n, [&](Index i, auto lanes) { lanes.store(tanh(lanes.load(x + i)), y + i); });
}

template <class F, class T>
void tanh_backward(const T* dy, const T* y, Index n, bool accumulate, T* dx) {
  for_each_register<F>(n, [&](Index i, auto lanes) {
    const F y_i = lanes.load(y + i);
    put(lanes, lanes.load(dy + i) * fnma(y_i, y_i, F(1.0f)), accumulate, dx + i);
  });
}

template <class F, class T>
constexpr TanhLoops<T> tanh_loops() {
  return {.forward = tanh_forward<F, T>, .backward = tanh_backward<F, T>};
}

}  // namespace mini_bert::simd
