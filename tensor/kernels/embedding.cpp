#include "tensor/kernels/embedding.h"

#include <algorithm>

#include "tensor/eigen.h"
#include "tensor/kernels/elementwise.h"
#include "tensor/kernels/gather_rows.h"

namespace mini_bert::kernels {

void embedding(const Tensor& table, const Tensor& ids, Tensor& y) {
  if (table.dtype() != DType::f16) return gather_rows(table, ids, y);
  for_each_row(y.rows(), y.cols(), [&](Index t) {
    const Float16* const row = table.data<Float16>() + ids.data<std::int32_t>()[t] * y.cols();
    std::transform(row, row + y.cols(), y.data<float>() + t * y.cols(),
                   [](Float16 x) { return static_cast<float>(x); });
  });
}

void embedding_backward(const Tensor& dy, const Tensor& ids, Index padding_id, const Gradient& dtable) {
  if (padding_id < 0) return gather_rows_backward(dy, ids, dtable);
  Tensor& sums = dtable.initialized();
  const auto id = ids.values<std::int32_t>();
  visit_float(dy.dtype(), [&]<class T>() {
    for_each_column_block(dy.cols(), [&](Index col, Index width) {
      for (Index t = 0; t < dy.rows(); ++t) {
        if (id[t] != padding_id) block<T>(sums, id[t], col, 1, width) += block<T>(dy, t, col, 1, width);
      }
    });
  });
}

}  // namespace mini_bert::kernels
