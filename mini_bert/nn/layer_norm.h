#pragma once

#include "mini_bert/autograd/ops/add_layer_norm.h"
#include "mini_bert/autograd/ops/layer_norm.h"
#include "mini_bert/nn/dropout.h"
#include "mini_bert/nn/module.h"

namespace mini_bert {

// y = γ·(x−μ)/√(σ²+ε) + β, where μ and σ² are the mean and the variance of the row; x, y [T,H]. Parameters: scale γ
// [H], shift β [H]. Ba et al. 2016, arXiv:1607.06450.
class LayerNorm : public Module {
 public:
  explicit LayerNorm(Index hidden, double eps = 1e-12, DType dtype = DType::f32)
      : scale_(register_parameter("scale", Role::scale, {hidden}, dtype).var()),
        shift_(register_parameter("shift", Role::shift, {hidden}, dtype).var()),
        eps_(eps) {}

  Var forward(const Var& x) const { return layer_norm(x, scale_, shift_, eps_); }

  // LayerNorm(residual + dropout(h)) in one operation, which reads and writes the rows once.
  Var forward(const ResidualSum& x) const {
    const Dropped& branch = x.branch;
    return add_layer_norm(x.residual, branch.h, branch.p, branch.key.value_or(RandomKey()), scale_, shift_, eps_);
  }

 private:
  Var scale_, shift_;
  double eps_;
};

}  // namespace mini_bert
