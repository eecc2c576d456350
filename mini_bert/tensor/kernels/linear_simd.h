#pragma once

#include "mini_bert/tensor/simd/loops.h"
#include "mini_bert/tensor/simd/registers.h"

namespace mini_bert::simd {

// sums_j = Σ_t x_tj. It adds eight rows together before it adds them to the sums, so the sums are read and written an
// eighth as often.
template <class F, class T>
void column_sums(const T* x, Index rows, Index cols, float* sums) {
  for (Index j = 0; j < cols; ++j) sums[j] = 0.0f;
  Index t = 0;
  for (; t + 8 <= rows; t += 8) {
    const T* const rows_t = x + t * cols;
    for_each_register<F>(cols, [&](Index j, auto lanes) {
      F total = lanes.load(sums + j);
#pragma GCC unroll 8
      for (Index r = 0; r < 8; ++r) total += lanes.load(rows_t + r * cols + j);
      lanes.store(total, sums + j);
    });
  }
  for (; t < rows; ++t) {
    for_each_register<F>(cols, [&](Index j, auto lanes) { put(lanes, lanes.load(x + t * cols + j), true, sums + j); });
  }
}

template <class F, class T>
constexpr LinearLoops<T> linear_loops() {
  return {.column_sums = column_sums<F, T>};
}

}  // namespace mini_bert::simd
