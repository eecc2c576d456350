#pragma once

#include "mini_bert/tensor/simd/loops.h"
#include "mini_bert/tensor/simd/registers.h"

namespace mini_bert::simd {

template <class F, class T>
void scale(const T* x, float a, Index n, bool accumulate, T* y) {
  for_each_register<F>(n, [&](Index i, auto lanes) { put(lanes, F(a) * lanes.load(x + i), accumulate, y + i); });
}

template <class F, class T>
constexpr ScaleLoops<T> scale_loops() {
  return {.forward = scale<F, T>};
}

}  // namespace mini_bert::simd
