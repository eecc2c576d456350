#pragma once

#include "mini_bert/tensor/simd/loops.h"
#include "mini_bert/tensor/simd/registers.h"

namespace mini_bert::simd {

template <class F, class T>
void add(const T* x, const T* y, Index n, T* z) {
  for_each_register<F>(n, [&](Index i, auto lanes) { lanes.store(lanes.load(x + i) + lanes.load(y + i), z + i); });
}

template <class F, class T>
void add_backward(const T* dz, Index n, bool accumulate, T* dx) {
  for_each_register<F>(n, [&](Index i, auto lanes) { put(lanes, lanes.load(dz + i), accumulate, dx + i); });
}

template <class F, class T>
constexpr AddLoops<T> add_loops() {
  return {.forward = add<F, T>, .backward = add_backward<F, T>};
}

}  // namespace mini_bert::simd
