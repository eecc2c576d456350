#pragma once

#include "mini_bert/autograd/var.h"

namespace mini_bert {

// tanh(x), element by element.
Var tanh(const Var& x);

}  // namespace mini_bert
