#include "mini_bert/tensor/kernels/gather_rows.h"

#include <algorithm>

#include "mini_bert/tensor/kernels/elementwise.h"

namespace mini_bert::kernels {

void gather_rows(const Tensor& x, const Tensor& rows, Tensor& y) {
  const auto index = rows.values<std::int32_t>();
  visit_stored(x.dtype(), [&]<class Element>() {
    for_each_row(y.rows(), y.cols(), [&](Index m) {
      std::copy_n(x.data<Element>() + index[m] * x.cols(), x.cols(), y.data<Element>() + m * y.cols());
    });
  });
}

void gather_rows_backward(const Tensor& dy, const Tensor& rows, const Gradient& dx) {
  Tensor& sums = dx.initialized();
  const auto index = rows.values<std::int32_t>();
  visit_stored(dy.dtype(), [&]<class Element>() {
    // Two elements of `rows` may be the same, so threads divide the columns, not the rows.
    for_each_column_block(dy.cols(), [&](Index col, Index width) {
      for (Index m = 0; m < dy.rows(); ++m) {
        const Element* const from = dy.data<Element>() + m * dy.cols() + col;
        Element* const to = sums.data<Element>() + index[m] * dy.cols() + col;
        std::transform(from, from + width, to, to, [](Element gradient, Element sum) {
          return static_cast<Element>(static_cast<Arithmetic<Element>>(sum) +
                                      static_cast<Arithmetic<Element>>(gradient));
        });
      }
    });
  });
}

}  // namespace mini_bert::kernels
