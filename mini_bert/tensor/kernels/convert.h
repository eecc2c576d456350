#pragma once

#include "mini_bert/tensor/kernels/gradient.h"

namespace mini_bert::kernels {

// y = x, each number rounded to the type of y: where activations change between f32 and bf16. Backward: dx += dy.
void convert(const Tensor& x, Tensor& y);
void convert_backward(const Tensor& dy, const Gradient& dx);

}  // namespace mini_bert::kernels
