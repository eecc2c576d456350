#pragma once

#include "autograd/ops/gelu.h"
#include "autograd/ops/relu.h"

namespace mini_bert {

// The non-linearity between two linear layers, element by element: GELU in its exact form or its tanh form, or ReLU.
enum class Activation { gelu, gelu_tanh, relu };

inline Var activate(const Var& x, Activation activation) {
  if (activation == Activation::relu) return relu(x);
  return gelu(x, activation == Activation::gelu ? Gelu::erf : Gelu::tanh);
}

}  // namespace mini_bert
