#pragma once

#include "tensor/tensor.h"

namespace mini_bert::kernels {

// z = x + y, element by element; all three of one shape.
void add(const Tensor& x, const Tensor& y, Tensor& z);

// y += x. The backward of add for each of its inputs: ∂(x+y)/∂x = 1, so dx += dz.
void accumulate(const Tensor& x, Tensor& y);

}  // namespace mini_bert::kernels
