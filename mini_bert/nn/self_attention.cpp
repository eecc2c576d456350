#include "mini_bert/nn/self_attention.h"

#include "mini_bert/autograd/ops/attention.h"
#include "mini_bert/autograd/ops/gather_rows.h"

namespace mini_bert {

Var rows_of(const Var& x, const Tensor& rows) {
  return rows.defined() ? gather_rows(x, rows) : x;
}

SelfAttention::SelfAttention(Index hidden, Index heads, double dropout, DType dtype)
    : heads_(heads),
      dropout_(dropout),
      query_(hidden, hidden, dtype),
      key_(hidden, hidden, dtype),
      value_(hidden, hidden, dtype),
      output_(hidden, hidden, dtype) {
  register_module("query", query_);
  register_module("key", key_);
  register_module("value", value_);
  register_module("output", output_);
}

Var SelfAttention::forward(const Var& x, const SequenceOffsets& offsets, Mode& mode, const Tensor& rows) const {
  AttentionOptions options{.heads = heads_};
  if (mode.is_training()) {
    options.dropout = dropout_;
    options.key = mode.next_key();
  }
  const Var q = query_.forward(x), k = key_.forward(x), v = value_.forward(x);  // [T,H]
  mode.show("query", q);
  mode.show("key", k);
  const Var context = rows_of(attention(q, k, v, offsets, options), rows);  // [T,H], or [M,H] from here on
  return output_.forward(context);                                          // [T,H]
}

}  // namespace mini_bert
