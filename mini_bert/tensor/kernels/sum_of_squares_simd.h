#pragma once

#include "mini_bert/tensor/simd/loops.h"
#include "mini_bert/tensor/simd/registers.h"

namespace mini_bert::simd {

template <class F>
double sum_of_squares(const float* x, Index n) {
  typename F::DoubleSum sums[2];
  Index i = 0;
  for (; i + 2 * F::lanes <= n; i += 2 * F::lanes) {
    sums[0].add_square(F::load(x + i));
    sums[1].add_square(F::load(x + i + F::lanes));
  }
  for (; i < n; i += F::lanes) sums[0].add_square(F::load(x + i, n - i < F::lanes ? n - i : F::lanes));
  return sums[0].total() + sums[1].total();
}

template <class F, class Element>
constexpr SumOfSquaresLoops<Element> sum_of_squares_loops() {
  if constexpr (std::is_same_v<Element, float>) return {.sum = sum_of_squares<F>};
  return {};
}

}  // namespace mini_bert::simd
