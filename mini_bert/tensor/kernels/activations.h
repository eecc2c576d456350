#pragma once

#include <algorithm>

#include "mini_bert/tensor/eigen.h"
#include "mini_bert/tensor/kernels/gradient.h"

// How definitions read and write activations stored as T: as they are, or, when T is BFloat16, as floats.
namespace mini_bert::kernels {

template <class T>
auto read(const Tensor& x, Index begin, Index end) {
  if constexpr (std::is_same_v<T, BFloat16>) {
    RowArray<float> values(end - begin);
    std::transform(x.data<T>() + begin, x.data<T>() + end, values.data(), [](T v) { return static_cast<float>(v); });
    return values;
  } else {
    return elements<T>(x, begin, end);
  }
}
template <class T>
auto read_row(const Tensor& x, Index t) {
  return read<T>(x, t * x.cols(), (t + 1) * x.cols());
}

template <class T, class Expression>
void write(Tensor& y, Index begin, Index end, const Expression& expression) {
  if constexpr (std::is_same_v<T, BFloat16>) {
    const RowArray<float> values = expression;
    std::transform(values.begin(), values.end(), y.data<T>() + begin, [](float v) { return T(v); });
  } else {
    elements<T>(y, begin, end) = expression;
  }
}
template <class T, class Expression>
void write_row(Tensor& y, Index t, const Expression& expression) {
  write<T>(y, t * y.cols(), (t + 1) * y.cols(), expression);
}

// dx = or += expression.
template <class T, class Expression>
void put(const Gradient& dx, Index begin, Index end, const Expression& expression) {
  if (dx.accumulates()) {
    write<T>(dx.tensor(), begin, end, read<T>(dx.tensor(), begin, end) + expression);
  } else {
    write<T>(dx.tensor(), begin, end, expression);
  }
}
template <class T, class Expression>
void put_row(const Gradient& dx, Index t, const Expression& expression) {
  const Index cols = dx.tensor().cols();
  put<T>(dx, t * cols, (t + 1) * cols, expression);
}

}  // namespace mini_bert::kernels
