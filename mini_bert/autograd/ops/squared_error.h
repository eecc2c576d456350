#pragma once

#include "mini_bert/autograd/var.h"

namespace mini_bert {

// Σ (x − t)² / divisor over all elements; targets t of the shape and type of x, result one number. With the number of
// elements as divisor that is the mean squared error. Throws Error when the divisor is not above 0.
Var squared_error(const Var& x, const Tensor& targets, double divisor);

}  // namespace mini_bert
