#pragma once

#include "autograd/var.h"
#include "tensor/kernels/attention.h"

namespace mini_bert {

using kernels::AttentionOptions;

// Multi-head softmax(Q·Kᵀ/√D)·V within each sentence of a packed batch; qkv [T,3H] holds queries, keys and values side
// by side, result [T,H]. Throws Error when 3H is no multiple of 3·heads or the offsets do not cover T rows.
Var attention(const Var& qkv, const SequenceOffsets& offsets, const AttentionOptions& options);

}  // namespace mini_bert
