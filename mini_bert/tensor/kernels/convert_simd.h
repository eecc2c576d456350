#pragma once

#include "mini_bert/tensor/simd/loops.h"
#include "mini_bert/tensor/simd/registers.h"

namespace mini_bert::simd {

template <class F, class From, class To>
void convert(const From* x, Index n, bool accumulate, To* y) {
  for_each_register<F>(n, [&](Index i, auto lanes) { put(lanes, lanes.load(x + i), accumulate, y + i); });
}

template <class F, class Element>
constexpr ConvertLoops<Element> convert_loops() {
  return {.forward = convert<F, typename ConvertLoops<Element>::Other, Element>};
}

}  // namespace mini_bert::simd
