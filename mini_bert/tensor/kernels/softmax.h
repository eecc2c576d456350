#pragma once

#include "mini_bert/tensor/kernels/gradient.h"

namespace mini_bert::kernels {

// y_j = exp(x_j − max x) / Σ_k exp(x_k − max x) over each row. Subtracting the maximum does not change the quotient and
// keeps exp from overflowing.
void softmax(const Tensor& x, Tensor& y);

// ∂y_j/∂x_k = y_j(δ_jk − y_k), hence dx_j += y_j·(dy_j − Σ_k dy_k·y_k). It needs only the output y.
void softmax_backward(const Tensor& dy, const Tensor& y, const Gradient& dx);

}  // namespace mini_bert::kernels
