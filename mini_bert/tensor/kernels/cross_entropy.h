#pragma once

#include "mini_bert/tensor/kernels/gradient.h"

namespace mini_bert::kernels {

inline constexpr std::int32_t ignore_index = -100;  // the label of a row without a loss, as in PyTorch

// loss = (1/divisor)·Σ_m w_label[m]·(log Σ_v exp z_mv − z_m,label[m]) over the rows m whose label is not ignore_index.
// Softmax and cross entropy are one operation, because the logarithm of softmax never overflows and softmax followed by
// a logarithm may. logits z [M,V], labels i32 [M], loss []; `weights` w [V] has the arithmetic type, and is undefined
// if every label weighs 1. `log_sum_exp` [M] is kept for the backward pass.
void cross_entropy(const Tensor& logits, const Tensor& labels, const Tensor& weights, double divisor, Tensor& loss,
                   Tensor& log_sum_exp);

// dz_mv += dloss/divisor·w_label[m]·(softmax(z_m)_v − [v = label]); ignored rows get 0. dlogits may be the same memory
// as logits.
void cross_entropy_backward(const Tensor& dloss, const Tensor& logits, const Tensor& labels, const Tensor& weights,
                            double divisor, const Tensor& log_sum_exp, const Gradient& dlogits);

}  // namespace mini_bert::kernels
