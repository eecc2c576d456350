#pragma once

#include "mini_bert/nn/linear.h"
#include "mini_bert/nn/mode.h"
#include "mini_bert/tensor/sequence_offsets.h"

namespace mini_bert {

// Multi-head self-attention within each sentence of a packed batch. Vaswani et al. 2017, arXiv:1706.03762 §3.2.2; x and
// result [T,H], N heads of D = H/N features each:
//   MultiHead(x) = Concat(head_1, …, head_N)·W_O + b_O
//   head_n = softmax(q_n·k_nᵀ/√D)·v_n, with q = x·W_Q + b_Q, and k and v likewise
// In training the probabilities of the softmax are dropped out. Attention alone looks at other rows. Where only some
// rows of the result are read, `rows` (i32 [M]), the output layer computes these alone, and the result is [M,H].
class SelfAttention : public Module {
 public:
  SelfAttention(Index hidden, Index heads, double dropout, DType dtype = DType::f32);

  Var forward(const Var& x, const SequenceOffsets& offsets, Mode& mode, const Tensor& rows = {}) const;

 private:
  Index heads_;
  double dropout_;
  Linear query_, key_, value_, output_;
};

// The given rows of x, i32 [M]; all of x when `rows` is undefined.
Var rows_of(const Var& x, const Tensor& rows);

}  // namespace mini_bert
