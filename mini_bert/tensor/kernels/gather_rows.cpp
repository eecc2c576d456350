#include "mini_bert/tensor/kernels/gather_rows.h"

#include "mini_bert/tensor/kernels/elements.h"
#include "mini_bert/tensor/kernels/elementwise.h"

namespace mini_bert::kernels {

void gather_rows(const Tensor& x, const Tensor& rows, Tensor& y) {
  const auto index = rows.values<std::int32_t>();
  visit_stored(x.dtype(), [&]<class Element>() {
    for_each_row(y.rows(), y.cols(), [&](Index m) { write_row<Element>(y, m, read_row<Element>(x, index[m])); });
  });
}

void gather_rows_backward(const Tensor& dy, const Tensor& rows, const Gradient& dx) {
  Tensor& sums = dx.initialized();
  const auto index = rows.values<std::int32_t>();
  visit_stored(dy.dtype(), [&]<class Element>() {
    // Two elements of `rows` may be the same, so threads divide the columns, not the rows.
    for_each_column_block(dy.cols(), [&](Index col, Index width) {
      for (Index m = 0; m < dy.rows(); ++m) {
        const Index from = m * dy.cols() + col, to = index[m] * dy.cols() + col;
        put<Element>({sums, Output::accumulate}, to, to + width, read<Element>(dy, from, from + width));
      }
    });
  });
}

}  // namespace mini_bert::kernels
