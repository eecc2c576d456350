#pragma once

#include "mini_bert/tensor/kernels/gradient.h"

namespace mini_bert::kernels {

// y = a·x, element by element.
void scale(const Tensor& x, double a, Tensor& y);

// dx += a·dy.
void scale_backward(const Tensor& dy, double a, const Gradient& dx);

}  // namespace mini_bert::kernels
