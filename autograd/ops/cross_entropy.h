#pragma once

#include "autograd/var.h"
#include "tensor/kernels/cross_entropy.h"

namespace mini_bert {

using kernels::ignore_index;

// −Σ log softmax(logits)_label / divisor over the rows whose label is not ignore_index (−100); logits [M,V], labels
// i32 [M], result one number. With the number of such rows as divisor that is their mean; a group of batches whose
// gradients are added up takes the number of the whole group. Throws Error when a label is not in 0…V−1, and when the
// divisor is not above 0.
Var cross_entropy(const Var& logits, const Tensor& labels, double divisor);

}  // namespace mini_bert
