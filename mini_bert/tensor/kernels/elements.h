#pragma once

#include <algorithm>

#include "mini_bert/tensor/eigen.h"
#include "mini_bert/tensor/kernels/gradient.h"

// How definitions read and write activations: BFloat16 elements as floats, other elements as they are.
namespace mini_bert::kernels {

template <class Element>
auto read(const Tensor& x, Index begin, Index end) {
  if constexpr (std::is_same_v<Element, BFloat16>) {
    RowArray<float> values(end - begin);
    std::transform(x.data<Element>() + begin, x.data<Element>() + end, values.data(),
                   [](Element v) { return static_cast<float>(v); });
    return values;
  } else {
    return elements<Element>(x, begin, end);
  }
}
template <class Element>
auto read_row(const Tensor& x, Index t) {
  return read<Element>(x, t * x.cols(), (t + 1) * x.cols());
}

template <class Element, class Expression>
void write(Tensor& y, Index begin, Index end, const Expression& expression) {
  if constexpr (std::is_same_v<Element, BFloat16>) {
    const auto& values = expression.eval();
    std::transform(values.begin(), values.end(), y.data<Element>() + begin, [](float v) { return Element(v); });
  } else {
    elements<Element>(y, begin, end) = expression;
  }
}
template <class Element, class Expression>
void write_row(Tensor& y, Index t, const Expression& expression) {
  write<Element>(y, t * y.cols(), (t + 1) * y.cols(), expression);
}

// dx = expression or dx += expression.
template <class Element, class Expression>
void put(const Gradient& dx, Index begin, Index end, const Expression& expression) {
  if (dx.accumulates()) {
    write<Element>(dx.tensor(), begin, end, read<Element>(dx.tensor(), begin, end) + expression);
  } else {
    write<Element>(dx.tensor(), begin, end, expression);
  }
}
template <class Element, class Expression>
void put_row(const Gradient& dx, Index t, const Expression& expression) {
  const Index cols = dx.tensor().cols();
  put<Element>(dx, t * cols, (t + 1) * cols, expression);
}

}  // namespace mini_bert::kernels
