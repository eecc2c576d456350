#pragma once

#include "mini_bert/tensor/kernels/gradient.h"
#include "mini_bert/tensor/sequence_offsets.h"

namespace mini_bert::kernels {

// y_s = (1/length(s))·Σ_{t in s} x_t: one row for each segment; x [T,H], y [segments,H].
void segment_mean(const Tensor& x, const SequenceOffsets& segments, Tensor& y);

// dx_t += dy_s/length(s) for t in s.
void segment_mean_backward(const Tensor& dy, const SequenceOffsets& segments, const Gradient& dx);

}  // namespace mini_bert::kernels
