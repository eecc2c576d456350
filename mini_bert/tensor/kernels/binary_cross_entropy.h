#pragma once

#include "mini_bert/tensor/kernels/gradient.h"

namespace mini_bert::kernels {

// loss = (1/divisor)·Σ −t·log σ(z) − (1−t)·log(1−σ(z)), σ(z) = 1/(1+e⁻ᶻ), computed as max(z,0) − z·t + log(1+e^−|z|),
// which never overflows. Logits z and targets t have the same shape; targets are 0 to 1; loss [].
void binary_cross_entropy(const Tensor& logits, const Tensor& targets, double divisor, Tensor& loss);

// dz += dloss/divisor·(σ(z) − t).
void binary_cross_entropy_backward(const Tensor& dloss, const Tensor& logits, const Tensor& targets, double divisor,
                                   const Gradient& dlogits);

}  // namespace mini_bert::kernels
