#pragma once

#include "mini_bert/autograd/ops/activated_linear.h"
#include "mini_bert/autograd/ops/gelu.h"
#include "mini_bert/autograd/ops/relu.h"

namespace mini_bert {

inline Var activate(const Var& x, Activation activation) {
  if (activation == Activation::relu) return relu(x);
  return gelu(x, activation == Activation::gelu ? Gelu::erf : Gelu::tanh);
}

// φ(x), not computed yet. Linear::forward takes it as it is and computes φ inside its own operation. Everything else
// takes it as a Var, which computes it.
struct Activated {
  Var x;
  Activation activation;

  operator Var() const { return activate(x, activation); }
};

inline Activated activated(const Var& x, Activation activation) {
  return {x, activation};
}

}  // namespace mini_bert
