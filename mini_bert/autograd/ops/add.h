#pragma once

#include "mini_bert/autograd/var.h"

namespace mini_bert {

// x + y, element by element, both of one shape: a residual connection. Throws Error when the shapes differ.
Var add(const Var& x, const Var& y);

}  // namespace mini_bert
