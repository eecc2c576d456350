#pragma once

#include "mini_bert/autograd/var.h"

namespace mini_bert {

// Σ −t·log σ(z) − (1−t)·log(1−σ(z)) / divisor over all elements of the logits z; targets t of the same shape and type,
// the result is one number. If the divisor is the number of elements, the result is the mean. Throws Error if a target
// is not in 0…1 or the divisor is not above 0.
Var binary_cross_entropy(const Var& logits, const Tensor& targets, double divisor);

}  // namespace mini_bert
