#pragma once

#include "mini_bert/tensor/kernels/gradient.h"
#include "mini_bert/tensor/stored_weight.h"

namespace mini_bert::kernels {

// The non-linearity φ between two linear layers, element by element: GELU in its exact form or its tanh form
// (gelu.h), or ReLU (relu.h).
enum class Activation { gelu, gelu_tanh, relu };

void activate(const Tensor& x, Activation activation, Tensor& y);

// y = φ(x)·Wᵀ + b; x [T,in], weight [out,in], bias [out], y [T,out].
void activated_linear(const Tensor& x, Activation activation, const StoredWeight& weight, const Tensor& bias,
                      Tensor& y);

// dW += dyᵀ·φ(x), φ(x) being computed again, and db += Σ over rows of dy.
void activated_linear_backward_weight(const Tensor& dy, const Tensor& x, Activation activation, const Gradient& dweight,
                                      const Gradient& dbias);

// dx += (dy·W)∘φ′(x). Apart from the above, so that φ(x) has been given back when dx is made.
void activated_linear_backward_input(const Tensor& dy, const Tensor& x, Activation activation,
                                     const StoredWeight& weight, const Gradient& dx);

}  // namespace mini_bert::kernels
