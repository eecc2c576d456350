#pragma once

#include "mini_bert/autograd/var.h"
#include "mini_bert/tensor/kernels/attention.h"

namespace mini_bert {

using kernels::AttentionOptions;

// Multi-head attention within each sentence of a packed batch: softmax(q·kᵀ/√D)·v for each head; q, k, v and the result
// [T,H], D = H/heads. Throws Error if q, k and v differ in extents or type, if H is not a multiple of the number of
// heads, or if the offsets do not cover the T rows.
Var attention(const Var& q, const Var& k, const Var& v, const SequenceOffsets& offsets,
              const AttentionOptions& options);

}  // namespace mini_bert
