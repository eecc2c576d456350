#pragma once

#include "mini_bert/autograd/ops/embedding.h"
#include "mini_bert/nn/module.h"

namespace mini_bert {

// Looks up one row of a table for each id; ids i32 [T], result [T,H]. Parameter: weight [count,H]. The row `padding_id`
// begins as 0 and is never trained by look-ups; −1: there is no such row.
class Embedding : public Module {
 public:
  Embedding(Index count, Index hidden, Index padding_id = -1, DType dtype = DType::f32)
      : weight_(register_table("weight", {count, hidden}, dtype, padding_id)), padding_id_(padding_id) {}

  Var forward(const Tensor& ids) const { return embedding(weight_, ids, padding_id_); }

  // The table itself, for an output layer that shares it.
  const Weight& weight() const { return weight_; }

 private:
  Weight weight_;
  Index padding_id_;
};

}  // namespace mini_bert
