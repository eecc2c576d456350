#pragma once

#include "mini_bert/autograd/var.h"

namespace mini_bert {

// Σ (x − t)² / divisor over all elements; the targets t have the shape and type of x; the result is one number. If the
// divisor is the number of elements, the result is the mean squared error. Throws Error if the divisor is not above 0.
Var squared_error(const Var& x, const Tensor& targets, double divisor);

}  // namespace mini_bert
