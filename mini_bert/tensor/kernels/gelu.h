#pragma once

#include "mini_bert/tensor/kernels/gradient.h"

namespace mini_bert::kernels {

// Gaussian error linear unit, y = x·Φ(x), with Φ the normal distribution function. Hendrycks & Gimpel 2016,
// arXiv:1606.08415 §2.
//   erf   Φ(x) = ½(1 + erf(x/√2)), exact: "gelu" in a config.json
//   tanh  Φ(x) ≈ ½(1 + tanh(√(2/π)(x + 0.044715x³))): "gelu_new", and Google's original code
enum class Gelu { erf, tanh };

void gelu(const Tensor& x, Gelu form, Tensor& y);

// dx += dy·y′(x), with y′ = Φ(x) + x·Φ′(x).
void gelu_backward(const Tensor& dy, const Tensor& x, Gelu form, const Gradient& dx);

}  // namespace mini_bert::kernels
