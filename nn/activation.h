#pragma once

#include "autograd/ops/activated_linear.h"
#include "autograd/ops/gelu.h"
#include "autograd/ops/relu.h"

namespace mini_bert {

inline Var activate(const Var& x, Activation activation) {
  if (activation == Activation::relu) return relu(x);
  return gelu(x, activation == Activation::gelu ? Gelu::erf : Gelu::tanh);
}

}  // namespace mini_bert
