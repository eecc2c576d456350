#pragma once

#include "mini_bert/nn/linear.h"
#include "mini_bert/nn/mode.h"
#include "mini_bert/tensor/sequence_offsets.h"

namespace mini_bert {

// Multi-head self-attention within each sentence of a packed batch; x and result [T,H]. Three linear layers, query, key
// and value [H,H], and attention between what they give.
class SelfAttention : public Module {
 public:
  SelfAttention(Index hidden, Index heads, double dropout, DType dtype);

  Var forward(const Var& x, const SequenceOffsets& offsets, Mode& mode) const;

 private:
  Index heads_;
  double dropout_;
  Linear query_, key_, value_;
};

}  // namespace mini_bert
