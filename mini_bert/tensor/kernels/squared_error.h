#pragma once

#include "mini_bert/tensor/kernels/gradient.h"

namespace mini_bert::kernels {

// loss = (1/divisor)·Σ (x − t)²; x and the targets t have the same shape, loss [].
void squared_error(const Tensor& x, const Tensor& targets, double divisor, Tensor& loss);

// dx += dloss/divisor·2(x − t).
void squared_error_backward(const Tensor& dloss, const Tensor& x, const Tensor& targets, double divisor,
                            const Gradient& dx);

}  // namespace mini_bert::kernels
