#pragma once

#include "mini_bert/tensor/kernels/gradient.h"

namespace mini_bert::kernels {

// y_m = x_{rows[m]}; x [T,H], rows i32 [M] within 0…T−1, y [M,H]. The MLM head computes the masked rows only: if 15 %
// of the tokens are masked, its work is a seventh.
void gather_rows(const Tensor& x, const Tensor& rows, Tensor& y);

// dx_{rows[m]} += dy_m, in the order of m; a row that was gathered twice gets both gradients.
void gather_rows_backward(const Tensor& dy, const Tensor& rows, const Gradient& dx);

}  // namespace mini_bert::kernels
