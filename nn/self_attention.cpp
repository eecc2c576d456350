#include "nn/self_attention.h"

#include "autograd/ops/attention.h"
#include "autograd/ops/linear.h"

namespace mini_bert {

SelfAttention::SelfAttention(Index hidden, Index heads, double dropout, DType dtype)
    : heads_(heads),
      dropout_(dropout),
      weight_(Tensor({3 * hidden, hidden}, dtype), true),
      bias_(Tensor({3 * hidden}, dtype), true) {
  Index begin = 0;
  for (const std::string name : {"query", "key", "value"}) {
    register_rows(name + ".weight", weight_, begin, begin + hidden);
    register_rows(name + ".bias", bias_, begin, begin + hidden);
    begin += hidden;
  }
}

Var SelfAttention::forward(const Var& x, const SequenceOffsets& offsets, Mode& mode) const {
  AttentionOptions options{.heads = heads_};
  if (mode.is_training()) {
    options.dropout = dropout_;
    options.key = mode.next_key();
  }
  const Var qkv = linear(x, weight_, bias_);  // [T,3H]
  return attention(qkv, offsets, options);    // [T,H]
}

}  // namespace mini_bert
