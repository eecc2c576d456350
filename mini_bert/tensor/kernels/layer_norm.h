#pragma once

#include "mini_bert/tensor/kernels/gradient.h"

namespace mini_bert::kernels {

// y = γ·x̂ + β with x̂ = (x−μ)/√(σ²+ε), over each row; x, y [T,H]; γ, β [H]. σ² divides by H. Ba et al. 2016,
// arXiv:1607.06450 §3. `mean` = μ and `rstd` = 1/√(σ²+ε), both [T], are kept for the backward pass, which rebuilds
// x̂ from them: 2T numbers instead of T·H.
void layer_norm(const Tensor& x, const Tensor& gamma, const Tensor& beta, double eps, Tensor& y, Tensor& mean,
                Tensor& rstd);

// With g = dy·γ and averages ⟨·⟩ over a row:
//   dx += rstd·(g − ⟨g⟩ − x̂·⟨g·x̂⟩)    dγ += Σ over rows of dy·x̂    dβ += Σ over rows of dy
void layer_norm_backward(const Tensor& dy, const Tensor& x, const Tensor& gamma, const Tensor& mean, const Tensor& rstd,
                         const Gradient& dx, const Gradient& dgamma, const Gradient& dbeta);

}  // namespace mini_bert::kernels
