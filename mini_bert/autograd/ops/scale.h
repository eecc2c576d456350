#pragma once

#include "mini_bert/autograd/var.h"

namespace mini_bert {

// a·x, element by element.
Var scale(const Var& x, double a);

}  // namespace mini_bert
