#pragma once

#include "mini_bert/tensor/kernels/gradient.h"

namespace mini_bert::kernels {

// y = x, every number rounded to the type of y. It converts activations between f32 and bf16. Backward: dx += dy.
void convert(const Tensor& x, Tensor& y);
void convert_backward(const Tensor& dy, const Gradient& dx);

}  // namespace mini_bert::kernels
