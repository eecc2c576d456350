#pragma once

#include "mini_bert/tensor/kernels/gradient.h"

namespace mini_bert::kernels {

// z = x + y, element by element; all three of one shape.
void add(const Tensor& x, const Tensor& y, Tensor& z);

// dx += dz, for each of the inputs: ∂(x+y)/∂x = 1.
void add_backward(const Tensor& dz, const Gradient& dx);

}  // namespace mini_bert::kernels
