#pragma once

#include "mini_bert/tensor/kernels/gradient.h"

namespace mini_bert::kernels {

// y = tanh(x), element by element.
void tanh(const Tensor& x, Tensor& y);

// dx += dy·(1 − y²), because tanh′ = 1 − tanh²; y is the output of the forward pass.
void tanh_backward(const Tensor& dy, const Tensor& y, const Gradient& dx);

}  // namespace mini_bert::kernels
