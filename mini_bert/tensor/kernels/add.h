#pragma once

#include "mini_bert/tensor/kernels/gradient.h"

namespace mini_bert::kernels {

// z = x + y, element by element; x, y and z have the same shape.
void add(const Tensor& x, const Tensor& y, Tensor& z);

// dx += dz; call it once for each input, because ∂(x+y)/∂x = ∂(x+y)/∂y = 1.
void add_backward(const Tensor& dz, const Gradient& dx);

}  // namespace mini_bert::kernels
