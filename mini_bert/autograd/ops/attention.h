#pragma once

#include "mini_bert/autograd/var.h"
#include "mini_bert/tensor/kernels/attention.h"

namespace mini_bert {

using kernels::AttentionOptions;

// Multi-head softmax(Q·Kᵀ/√D)·V within each sentence of a packed batch; q, k, v and the result [T,H], D = H/heads.
// Throws Error when they differ in extents or type, H is no multiple of the heads, or the offsets do not cover T rows.
Var attention(const Var& q, const Var& k, const Var& v, const SequenceOffsets& offsets,
              const AttentionOptions& options);

}  // namespace mini_bert
