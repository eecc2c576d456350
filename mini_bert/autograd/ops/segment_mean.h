#pragma once

#include "mini_bert/autograd/var.h"
#include "mini_bert/tensor/sequence_offsets.h"

namespace mini_bert {

// The mean of the rows of each segment; x [T,H], result [segments,H]. Throws Error if the segments do not cover the T
// rows.
Var segment_mean(const Var& x, const SequenceOffsets& segments);

}  // namespace mini_bert
