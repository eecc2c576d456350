#pragma once

#include "mini_bert/autograd/ops/add_layer_norm.h"
#include "mini_bert/autograd/ops/layer_norm.h"
#include "mini_bert/nn/dropout.h"
#include "mini_bert/nn/module.h"

namespace mini_bert {

// y = γ·(x−μ)/√(σ²+ε) + β over each row; x, y [T,H]. Parameters: weight = γ [H], bias = β [H].
class LayerNorm : public Module {
 public:
  LayerNorm(Index hidden, double eps, DType dtype)
      : weight_(register_parameter("weight", {hidden}, dtype)),
        bias_(register_parameter("bias", {hidden}, dtype)),
        eps_(eps) {}

  Var forward(const Var& x) const { return layer_norm(x, weight_, bias_, eps_); }

  // forward(residual + dropout(h)), in one operation.
  Var forward_sum(const Var& residual, const Var& h, const Dropout& dropout, Mode& mode) const {
    if (!mode.is_training()) return add_layer_norm(residual, h, 0, {}, weight_, bias_, eps_);
    return add_layer_norm(residual, h, dropout.probability(), mode.next_key(), weight_, bias_, eps_);
  }

 private:
  Var weight_, bias_;
  double eps_;
};

}  // namespace mini_bert
