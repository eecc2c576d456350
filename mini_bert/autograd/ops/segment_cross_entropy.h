#pragma once

#include "mini_bert/autograd/var.h"
#include "mini_bert/tensor/sequence_offsets.h"

namespace mini_bert {

// Σ −log p / divisor over segments s and columns c, p being the softmax over the rows of s in column c at the row
// labels[s,c] (counted within s): which token of a sentence begins an answer, which of a question's choices is right.
// logits [T,C], labels i32 [S,C], result one number. Throws Error when the segments do not cover the T rows, when a
// label is not in its segment, and when the divisor is not above 0.
Var segment_cross_entropy(const Var& logits, const SequenceOffsets& segments, const Tensor& labels, double divisor);

}  // namespace mini_bert
