#pragma once

#include "mini_bert/tensor/tensor.h"

namespace mini_bert::kernels {

// The numbers of one AdamW update of one parameter. `correction_1` is 1−β₁ᵗ and `correction_2` is 1−β₂ᵗ after t
// updates; both are 1 in Google's form, which has no bias correction.
struct AdamWStep {
  double learning_rate, beta_1, beta_2, eps, weight_decay, correction_1, correction_2;
};

// Loshchilov & Hutter 2019, arXiv:1711.05101 alg. 2, with g the gradient times `gradient_scale` (gradient clipping):
//   θ −= lr·λ·θ;   m = β₁m + (1−β₁)g;   v = β₂v + (1−β₂)g²;   θ −= lr·(m/c₁)/(√(v/c₂) + ε)
void adamw(const AdamWStep& step, const Tensor& gradient, double gradient_scale, Tensor& parameter, Tensor& m,
           Tensor& v);

}  // namespace mini_bert::kernels
