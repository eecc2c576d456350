#include "mini_bert/tensor/kernels/embedding.h"

#include <algorithm>

#include "mini_bert/tensor/eigen.h"
#include "mini_bert/tensor/kernels/elementwise.h"
#include "mini_bert/tensor/kernels/gather_rows.h"

namespace mini_bert::kernels {

namespace {

template <class Half>
void widen_rows(const Tensor& table, const Tensor& ids, Tensor& y) {
  for_each_row(y.rows(), y.cols(), [&](Index t) {
    const Half* const row = table.data<Half>() + ids.data<std::int32_t>()[t] * y.cols();
    std::transform(row, row + y.cols(), y.data<float>() + t * y.cols(), [](Half x) { return static_cast<float>(x); });
  });
}

}  // namespace

void embedding(const Tensor& table, const Tensor& ids, Tensor& y) {
  if (table.dtype() == DType::f16) return widen_rows<Float16>(table, ids, y);
  if (table.dtype() == DType::bf16) return widen_rows<BFloat16>(table, ids, y);
  gather_rows(table, ids, y);
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
