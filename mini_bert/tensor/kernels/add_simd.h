#pragma once

#include "mini_bert/tensor/simd/loops.h"
#include "mini_bert/tensor/simd/registers.h"

namespace mini_bert::simd {

template <class F, class Element>
void add(const Element* x, const Element* y, Index n, Element* z) {
  for_each_register<F>(n, [&](Index i, auto lanes) { lanes.store(lanes.load(x + i) + lanes.load(y + i), z + i); });
}

template <class F, class Element>
void add_backward(const Element* dz, Index n, bool accumulate, Element* dx) {
  for_each_register<F>(n, [&](Index i, auto lanes) { put(lanes, lanes.load(dz + i), accumulate, dx + i); });
}

template <class F, class Element>
constexpr AddLoops<Element> add_loops() {
  return {.forward = add<F, Element>, .backward = add_backward<F, Element>};
}

}  // namespace mini_bert::simd
