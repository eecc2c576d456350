#include "mini_bert/tensor/kernels/embedding.h"

#include "mini_bert/tensor/eigen.h"
#include "mini_bert/tensor/kernels/elementwise.h"
#include "mini_bert/tensor/kernels/gather_rows.h"

namespace mini_bert::kernels {

void embedding(const StoredWeight& table, const Tensor& ids, Tensor& y) {
  const WeightStorage* const storage = storage_of(table.dtype());
  if (storage == nullptr) return gather_rows(table.values, ids, y);
  for_each_row(y.rows(), y.cols(), [&](Index t) {
    storage->widen_row(table, ids.data<std::int32_t>()[t], y.data<float>() + t * y.cols());
  });
}

void embedding_backward(const Tensor& dy, const Tensor& ids, Index padding_id, const Gradient& dtable) {
  if (padding_id < 0) return gather_rows_backward(dy, ids, dtable);
  Tensor& sums = dtable.initialized();
  const auto id = ids.values<std::int32_t>();
  visit_float(dy.dtype(), [&]<class Element>() {
    for_each_column_block(dy.cols(), [&](Index col, Index width) {
      for (Index t = 0; t < dy.rows(); ++t) {
        if (id[t] != padding_id) block<Element>(sums, id[t], col, 1, width) += block<Element>(dy, t, col, 1, width);
      }
    });
  });
}

}  // namespace mini_bert::kernels
