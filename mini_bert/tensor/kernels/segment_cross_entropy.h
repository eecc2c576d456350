#pragma once

#include "mini_bert/tensor/kernels/gradient.h"
#include "mini_bert/tensor/sequence_offsets.h"

namespace mini_bert::kernels {

// Cross entropy over the rows of each segment: the classes are the rows, so segments may differ in the number of
// classes. labels[s,c] counts rows from the beginning of segment s:
//   loss = (1/divisor)·Σ_s Σ_c (log Σ_{t in s} exp z_tc − z_{begin(s)+labels[s,c], c})
// logits z [T,C], labels i32 [segments,C], loss []. `log_sum_exp` [segments,C] is kept for the backward pass.
void segment_cross_entropy(const Tensor& logits, const SequenceOffsets& segments, const Tensor& labels, double divisor,
                           Tensor& loss, Tensor& log_sum_exp);

// dz_tc += dloss/divisor·(exp(z_tc − log_sum_exp_sc) − [t is the label of s in c]) for t in s.
void segment_cross_entropy_backward(const Tensor& dloss, const Tensor& logits, const SequenceOffsets& segments,
                                    const Tensor& labels, double divisor, const Tensor& log_sum_exp,
                                    const Gradient& dlogits);

}  // namespace mini_bert::kernels
