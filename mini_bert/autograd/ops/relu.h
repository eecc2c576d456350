#pragma once

#include "mini_bert/autograd/var.h"

namespace mini_bert {

// max(x, 0), element by element.
Var relu(const Var& x);

}  // namespace mini_bert
