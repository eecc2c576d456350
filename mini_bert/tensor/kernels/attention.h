#pragma once

#include "mini_bert/tensor/kernels/gradient.h"
#include "mini_bert/tensor/random.h"
#include "mini_bert/tensor/sequence_offsets.h"

namespace mini_bert::kernels {

// Scaled dot-product attention of N heads over packed sentences. Vaswani et al. 2017, arXiv:1706.03762 §3.2.
//
// Queries, keys and values are [T,H]; head n owns D = H/N columns of each. For every sentence of length S and every
// head, with Q, K, V, O [S,D]:
//   P = softmax(Q·Kᵀ/√D) [S,S],   P̃ = dropout(P),   O = P̃·V
// A sentence sees only itself: the work is Σ S², with no mask and no padding. `log_sum_exp` [T,N] keeps, per row of
// scores, m + log Σ exp(s−m): with it the backward pass rebuilds P from Q and K, T·N numbers instead of Σ N·S².
// Activations of bf16 are computed with in f32, and log_sum_exp is f32 for them.
struct AttentionOptions {
  Index heads = 1;
  double dropout = 0;  // of the probabilities
  RandomKey key = {};  // of that dropout
};

struct AttentionInputs {
  Tensor q, k, v;
};

// Each may be null.
struct AttentionGradients {
  Gradient dq, dk, dv;
};

void attention(const AttentionInputs& inputs, const SequenceOffsets& offsets, const AttentionOptions& options,
               Tensor& output, Tensor& log_sum_exp);

// With dO given:  dV += P̃ᵀ·dO;  dP̃ = dO·Vᵀ;  dP = dropout′(dP̃);  dS = P∘(dP − rowsum(dP∘P))  (softmax);
// dQ += dS·K/√D;  dK += dSᵀ·Q/√D.  Of the columns of a head dQ is written first.
void attention_backward(const Tensor& doutput, const AttentionInputs& inputs, const Tensor& log_sum_exp,
                        const SequenceOffsets& offsets, const AttentionOptions& options,
                        const AttentionGradients& gradients);

// The same as Eigen expressions, which is what both are where this CPU has no loops for them (attention_blocked.h).
void attention_as_defined(const AttentionInputs& inputs, const SequenceOffsets& offsets,
                          const AttentionOptions& options, Tensor& output, Tensor& log_sum_exp);
void attention_backward_as_defined(const Tensor& doutput, const AttentionInputs& inputs, const Tensor& log_sum_exp,
                                   const SequenceOffsets& offsets, const AttentionOptions& options,
                                   const AttentionGradients& gradients);

}  // namespace mini_bert::kernels
