#pragma once

#include "mini_bert/autograd/ops/embedding.h"
#include "mini_bert/nn/module.h"

namespace mini_bert {

// One row of the table per id; ids i32 [T], y [T,H]. Parameter: weight [count,H]. Row `padding_id` is never trained
// through look-ups (−1: every row is).
class Embedding : public Module {
 public:
  Embedding(Index count, Index hidden, Index padding_id, DType dtype)
      : weight_(register_parameter("weight", {count, hidden}, dtype)), padding_id_(padding_id) {}

  Var forward(const Tensor& ids) const { return embedding(weight_, ids, padding_id_); }

  // The table itself, for an output layer tied to it.
  const Var& weight() const { return weight_; }

 private:
  Var weight_;
  Index padding_id_;
};

}  // namespace mini_bert
