#pragma once

#include "mini_bert/autograd/ops/activation.h"

namespace mini_bert {

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
