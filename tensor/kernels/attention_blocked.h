#pragma once

#include "tensor/kernels/attention.h"
#include "tensor/simd/kernels.h"

namespace mini_bert::kernels {

// attention() and attention_backward() of f32 activations with the loops of one instruction set: one task per sentence
// and head, the longest sentences first.
void attention_blocked(const simd::Kernels& simd, const Tensor& qkv, const SequenceOffsets& offsets,
                       const AttentionOptions& options, Tensor& output, Tensor& log_sum_exp);

void attention_backward_blocked(const simd::Kernels& simd, const Tensor& doutput, const Tensor& qkv,
                                const Tensor& log_sum_exp, const SequenceOffsets& offsets,
                                const AttentionOptions& options, Tensor& dqkv);

}  // namespace mini_bert::kernels
