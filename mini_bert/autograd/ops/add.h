#pragma once

#include "mini_bert/autograd/var.h"

namespace mini_bert {

// x + y, element by element: a residual connection. Throws Error unless x and y have the same shape.
Var add(const Var& x, const Var& y);

}  // namespace mini_bert
