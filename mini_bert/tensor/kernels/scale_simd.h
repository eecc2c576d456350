#pragma once

#include "mini_bert/tensor/simd/loops.h"
#include "mini_bert/tensor/simd/registers.h"

namespace mini_bert::simd {

template <class F, class Element>
void scale(const Element* x, float a, Index n, bool accumulate, Element* y) {
  for_each_register<F>(n, [&](Index i, auto lanes) { put(lanes, F(a) * lanes.load(x + i), accumulate, y + i); });
}

template <class F, class Element>
constexpr ScaleLoops<Element> scale_loops() {
  return {.forward = scale<F, Element>};
}

}  // namespace mini_bert::simd
