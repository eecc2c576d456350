#pragma once

#include "tensor/tensor.h"

namespace mini_bert::kernels {

// y = x·Wᵀ + b; x [T,in], weight [out,in] as checkpoints store it, bias [out], y [T,out].
void linear(const Tensor& x, const Tensor& weight, const Tensor& bias, Tensor& y);

// dx += dy·W, dW += dyᵀ·x, db += Σ over rows of dy. A gradient that nobody wants is null.
void linear_backward(const Tensor& dy, const Tensor& x, const Tensor& weight, Tensor* dx, Tensor* dweight,
                     Tensor* dbias);

}  // namespace mini_bert::kernels
