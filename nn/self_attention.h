#pragma once

#include "nn/mode.h"
#include "nn/module.h"
#include "tensor/sequence_offsets.h"

namespace mini_bert {

// Multi-head self-attention within each sentence of a packed batch; x and result [T,H]. Query, key and value are one
// product with a [3H,H] weight, so x is read once; its rows carry the three names of the checkpoint: query.weight,
// key.weight, value.weight [H,H] and the biases [H].
class SelfAttention : public Module {
 public:
  SelfAttention(Index hidden, Index heads, double dropout, DType dtype);

  Var forward(const Var& x, const SequenceOffsets& offsets, Mode& mode) const;

 private:
  Index heads_;
  double dropout_;
  Var weight_, bias_;
};

}  // namespace mini_bert
