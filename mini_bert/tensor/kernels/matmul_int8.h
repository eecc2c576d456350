#pragma once

#include "mini_bert/tensor/kernels/activation.h"
#include "mini_bert/tensor/packed_weight.h"
#include "mini_bert/tensor/simd/kernels.h"
#include "mini_bert/tensor/stored_weight.h"

// y = x·Wᵀ + b with factors rounded to 8 bits. Each row t of x and each row o of W has a scale, the largest magnitude
// in it divided by 127, and stands as whole numbers from −127 to 127:
//   x_ti ≈ s_t·p_ti     p_ti = round(x_ti/s_t)           rounded to the nearest, ties to even
//   W_oi ≈ r_o·q_oi     q_oi = round(W_oi/r_o)
//   y_to = s_t·r_o·Σ_i p_ti·q_oi + b_o
// The sum is exact in 32 bits. Instructions for such products multiply an unsigned by a signed number, so p + 128 is
// multiplied, and 128·Σ_i q_oi is subtracted. A row with an infinite number or NaN has the scale NaN, and so has its
// result. A row whose numbers are all below 1e-30 counts as 0. Dettmers et al. 2022, arXiv:2208.07339 §2.1 (row-wise
// and vector-wise quantisation).
namespace mini_bert::kernels {

// The longest sums that fit: 255·127·K < 2³¹.
constexpr Index int8_depth_most = 66'000;

// W [N,K] as the product below reads it, with `tiles`, or without (null) for the definition.
WeightPanels quantized_weight(const simd::Kernels* simd, const simd::Int8Product* tiles, const StoredWeight& weight);

// y = x·Wᵀ + bias; x [M,K] and y [M,N] f32, bias f32 [N]. `panels` were made with the same tiles.
void matmul_int8(const simd::Int8Product* tiles, const Tensor& x, const WeightPanels& panels, const Tensor& bias,
                 Tensor& y);

// y = φ(x)·Wᵀ + bias, with the bits of activate() and matmul_int8(). Where threads divide the rows of x, φ is computed
// while they are rounded, and φ(x) is not stored.
void matmul_int8_activated(const simd::Int8Product* tiles, const Tensor& x, Activation activation,
                           const WeightPanels& panels, const Tensor& bias, Tensor& y);

}  // namespace mini_bert::kernels
