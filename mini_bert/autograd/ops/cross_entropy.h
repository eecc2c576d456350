#pragma once

#include "mini_bert/autograd/var.h"
#include "mini_bert/tensor/kernels/cross_entropy.h"

namespace mini_bert {

using kernels::ignore_index;

// −Σ w_label·log softmax(logits)_label / divisor over the rows whose label is not ignore_index (−100); logits [M,V],
// labels i32 [M], weights w [V] of the logits' arithmetic type (undefined: all 1); the result is one number. If the
// divisor is the sum of the weights of these rows (their number, without weights), the result is their weighted mean,
// which is torch's CrossEntropyLoss. Batches whose gradients are added up use the sum over all of them. Throws Error if
// a label is not in 0…V−1 or the divisor is not above 0.
Var cross_entropy(const Var& logits, const Tensor& labels, double divisor, const Tensor& weights = {});

}  // namespace mini_bert
