#pragma once

#include "mini_bert/autograd/ops/activated_linear.h"
#include "mini_bert/autograd/ops/gelu.h"
#include "mini_bert/autograd/ops/relu.h"

namespace mini_bert {

inline Var activate(const Var& x, Activation activation) {
  if (activation == Activation::relu) return relu(x);
  return gelu(x, activation == Activation::gelu ? Gelu::erf : Gelu::tanh);
}

}  // namespace mini_bert
