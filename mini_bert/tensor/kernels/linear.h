#pragma once

#include "mini_bert/tensor/kernels/gradient.h"
#include "mini_bert/tensor/stored_weight.h"

namespace mini_bert::kernels {

// y = x·Wᵀ + b; x [T,in], weight [out,in] in any storage, bias [out], y [T,out].
void linear(const Tensor& x, const StoredWeight& weight, const Tensor& bias, Tensor& y);

// dx += dy·W, dW += dyᵀ·x, db += Σ over rows of dy.
void linear_backward(const Tensor& dy, const Tensor& x, const StoredWeight& weight, const Gradient& dx,
                     const Gradient& dweight, const Gradient& dbias);

}  // namespace mini_bert::kernels
