#pragma once

#include "mini_bert/tensor/kernels/gradient.h"

namespace mini_bert::kernels {

// y = max(x, 0), element by element. Nair & Hinton 2010, "Rectified Linear Units Improve Restricted Boltzmann
// Machines", ICML.
void relu(const Tensor& x, Tensor& y);

// dx += dy where y > 0, y being the output of the forward pass; at 0, where there is no derivative, 0 as in PyTorch.
void relu_backward(const Tensor& dy, const Tensor& y, const Gradient& dx);

}  // namespace mini_bert::kernels
