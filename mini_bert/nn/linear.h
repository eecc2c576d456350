#pragma once

#include "mini_bert/autograd/ops/activated_linear.h"
#include "mini_bert/autograd/ops/linear.h"
#include "mini_bert/nn/module.h"

namespace mini_bert {

// y = x·Wᵀ + b; x [T,in], y [T,out]. Parameters: weight [out,in], bias [out].
class Linear : public Module {
 public:
  Linear(Index in, Index out, DType dtype)
      : weight_(register_parameter("weight", {out, in}, dtype)), bias_(register_parameter("bias", {out}, dtype)) {}

  Var forward(const Var& x) const { return linear(x, weight_, bias_); }
  // φ(x)·Wᵀ + b, which keeps less for the backward pass than activating x first.
  Var forward_activated(const Var& x, Activation activation) const {
    return activated_linear(x, activation, weight_, bias_);
  }

 private:
  Var weight_, bias_;
};

}  // namespace mini_bert
