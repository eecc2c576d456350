#pragma once

#include "mini_bert/tensor/kernels/activation.h"
#include "mini_bert/tensor/kernels/gradient.h"
#include "mini_bert/tensor/stored_weight.h"

namespace mini_bert::kernels {

// y = φ(x)·Wᵀ + b; x [T,in], weight [out,in], bias [out], y [T,out].
void activated_linear(const Tensor& x, Activation activation, const StoredWeight& weight, const Tensor& bias,
                      Tensor& y);

// dW += dyᵀ·φ(x);  db += Σ over rows of dy. φ(x) is computed a second time, because only x has been kept.
void activated_linear_backward_weight(const Tensor& dy, const Tensor& x, Activation activation, const Gradient& dweight,
                                      const Gradient& dbias);

// dx += (dy·W)∘φ′(x). A separate function, so that φ(x) is freed before dx is allocated.
void activated_linear_backward_input(const Tensor& dy, const Tensor& x, Activation activation,
                                     const StoredWeight& weight, const Gradient& dx);

}  // namespace mini_bert::kernels
