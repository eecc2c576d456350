#include "mini_bert/autograd/ops/embedding.h"

#include "mini_bert/autograd/indices.h"
#include "mini_bert/autograd/tape.h"
#include "mini_bert/tensor/kernels/embedding.h"

namespace mini_bert {

Var embedding(const Weight& table, const Tensor& ids, Index padding_id) {
  const profile::Timed timed("embedding");
  require(table.shape().rank() == 2, "embedding: table must be [V,H], got {}", table.shape());
  check_indices("embedding", "ids", ids, table.shape()[0]);
  Tensor y({ids.size(), table.shape()[1]}, arithmetic_dtype(table.dtype()));
  kernels::embedding(table.stored(), ids, y);
  return record(y, {table.var()}, [table = table.var().slot(), ids, padding_id](const Tensor& dy) {
    if (const auto dtable = table.contribution()) kernels::embedding_backward(dy, ids, padding_id, dtable);
  });
}

}  // namespace mini_bert
