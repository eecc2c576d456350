#pragma once

#include "mini_bert/autograd/var.h"
#include "mini_bert/tensor/sequence_offsets.h"

namespace mini_bert {

// Σ −log p / divisor over the segments s and columns c. p is the probability of row labels[s,c], counted from the
// beginning of s, under the softmax over the rows of s in column c. It learns which token of a sentence begins an
// answer, or which of a question's choices is right. logits [T,C], labels i32 [segments,C]; the result is one number.
// Throws Error if the segments do not cover the T rows, a label is not in its segment, or the divisor is not above 0.
Var segment_cross_entropy(const Var& logits, const SequenceOffsets& segments, const Tensor& labels, double divisor);

}  // namespace mini_bert
