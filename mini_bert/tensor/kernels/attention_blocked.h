#pragma once

#include "mini_bert/tensor/kernels/attention.h"
#include "mini_bert/tensor/simd/loops.h"

namespace mini_bert::kernels {

// attention() and attention_backward() with the loops of one instruction set. Element, float or BFloat16, is what
// activations are stored as; log_sum_exp is f32. A task is one head of one sentence; the longest sentences come first.
template <class Element>
void attention_blocked(const simd::AttentionLoops<Element>& loops, const AttentionInputs& inputs,
                       const SequenceOffsets& offsets, const AttentionOptions& options, Tensor& output,
                       Tensor& log_sum_exp);

template <class Element>
void attention_backward_blocked(const simd::AttentionLoops<Element>& loops, const Tensor& doutput,
                                const AttentionInputs& inputs, const Tensor& log_sum_exp,
                                const SequenceOffsets& offsets, const AttentionOptions& options,
                                const AttentionGradients& gradients);

}  // namespace mini_bert::kernels
