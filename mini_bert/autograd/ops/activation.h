#pragma once

#include "mini_bert/autograd/var.h"
#include "mini_bert/tensor/kernels/activation.h"

namespace mini_bert {

// φ(x), element by element. Throws Error unless x is f32, f64 or bf16.
Var activate(const Var& x, Activation activation);

inline Var gelu(const Var& x) {
  return activate(x, Activation::gelu);
}
inline Var relu(const Var& x) {
  return activate(x, Activation::relu);
}
inline Var silu(const Var& x) {
  return activate(x, Activation::silu);
}

}  // namespace mini_bert
