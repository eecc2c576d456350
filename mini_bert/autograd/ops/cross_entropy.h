#pragma once

#include "mini_bert/autograd/var.h"
#include "mini_bert/tensor/kernels/cross_entropy.h"

namespace mini_bert {

using kernels::ignore_index;

// −Σ w_label·log softmax(logits)_label / divisor over the rows whose label is not ignore_index (−100); logits [M,V],
// labels i32 [M], weights w [V] of the logits' arithmetic type (undefined: all 1), result one number. With the sum of
// these rows' weights as divisor, without weights their number, that is their mean, as torch's CrossEntropyLoss takes
// it; a group of batches whose gradients are added up takes the sum of the whole group. Throws Error when a label is
// not in 0…V−1, and when the divisor is not above 0.
Var cross_entropy(const Var& logits, const Tensor& labels, double divisor, const Tensor& weights = {});

}  // namespace mini_bert
