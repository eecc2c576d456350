#include "mini_bert/autograd/ops/gather_rows.h"

#include "mini_bert/autograd/indices.h"
#include "mini_bert/autograd/tape.h"
#include "mini_bert/tensor/kernels/gather_rows.h"

namespace mini_bert {

Var gather_rows(const Var& x, const Tensor& rows) {
  const profile::Timed timed("gather_rows");
  require(x.shape().rank() == 2, "gather_rows: x must be [T,H], got {}", x.shape());
  check_indices("gather_rows", "rows", rows, x.shape()[0]);
  Tensor y({rows.size(), x.shape()[1]}, x.dtype());
  kernels::gather_rows(x.value(), rows, y);
  return record(y, {x}, [x = x.slot(), rows](const Tensor& dy) {
    if (const auto dx = x.contribution()) kernels::gather_rows_backward(dy, rows, dx);
  });
}

}  // namespace mini_bert
