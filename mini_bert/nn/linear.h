#pragma once

#include "mini_bert/autograd/ops/activated_linear.h"
#include "mini_bert/autograd/ops/linear.h"
#include "mini_bert/nn/activation.h"
#include "mini_bert/nn/module.h"

namespace mini_bert {

// y = x·Wᵀ + b; x [T,in], y [T,out]. Parameters: weight W [out,in], bias b [out].
class Linear : public Module {
 public:
  Linear(Index in, Index out, DType dtype = DType::f32)
      : weight_(register_parameter("weight", Role::matrix, {out, in}, dtype)),
        bias_(register_parameter("bias", Role::bias, {out}, dtype).var()) {}

  Var forward(const Var& x) const { return linear(x, weight_, bias_); }

  // φ(x)·Wᵀ + b in one operation. It keeps x alone for the backward pass, not φ(x) as well.
  Var forward(const Activated& a) const { return activated_linear(a.x, a.activation, weight_, bias_); }

 private:
  Weight weight_;
  Var bias_;
};

}  // namespace mini_bert
