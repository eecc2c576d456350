#pragma once

#include "mini_bert/tensor/kernels/gradient.h"
#include "mini_bert/tensor/random.h"
#include "mini_bert/tensor/sequence_offsets.h"

namespace mini_bert::kernels {

// Scaled dot-product attention of N heads over packed sentences. Vaswani et al. 2017, arXiv:1706.03762 §3.2.
//
// Queries, keys and values are [T,H]; head n owns D = H/N columns of each. For every head of every sentence, with
// queries, keys, values and output [length,D]:
//   scores = queries·keysᵀ/√D [length,length],   p = softmax(scores),   dropped = dropout(p),   output = dropped·values
// A sentence attends only to itself, so the work is Σ length² over the sentences, with no mask and no padding.
// `log_sum_exp` [T,N] keeps the logarithm of the sum of exp(scores) of every row, computed without overflow. With it
// the backward pass rebuilds p from the queries and keys: T·N numbers are kept instead of Σ N·length². Inference passes
// an undefined tensor, and then nothing is kept. For activations stored as bf16 the arithmetic and log_sum_exp are f32;
// but on CPUs that multiply bf16, dropout(exp(scores − max)) and dscores are rounded to bf16 where they are factors of
// a product (docs/attention.md).
struct AttentionOptions {
  Index heads = 1;
  double dropout = 0;  // of the probabilities p
  RandomKey key = {};  // of the dropout mask
};

struct AttentionInputs {
  Tensor q, k, v;
};

// Each of them may be null.
struct AttentionGradients {
  Gradient dq, dk, dv;
};

void attention(const AttentionInputs& inputs, const SequenceOffsets& offsets, const AttentionOptions& options,
               Tensor& output, Tensor& log_sum_exp);

// Given doutput:
//   dvalues += droppedᵀ·doutput,   ddropped = doutput·valuesᵀ,   dp = dropout′(ddropped)
//   dscores = p∘(dp − rowsum(dp∘p)),   dqueries += dscores·keys/√D,   dkeys += dscoresᵀ·queries/√D
// The kernel writes dq of a head before its dk and dv.
void attention_backward(const Tensor& doutput, const AttentionInputs& inputs, const Tensor& log_sum_exp,
                        const SequenceOffsets& offsets, const AttentionOptions& options,
                        const AttentionGradients& gradients);

// Reference versions in Eigen. The functions above fall back to them when the CPU has no SIMD loops
// (attention_blocked.h).
void attention_as_defined(const AttentionInputs& inputs, const SequenceOffsets& offsets,
                          const AttentionOptions& options, Tensor& output, Tensor& log_sum_exp);
void attention_backward_as_defined(const Tensor& doutput, const AttentionInputs& inputs, const Tensor& log_sum_exp,
                                   const SequenceOffsets& offsets, const AttentionOptions& options,
                                   const AttentionGradients& gradients);

}  // namespace mini_bert::kernels
