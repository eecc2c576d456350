#pragma once

#include "mini_bert/autograd/var.h"

namespace mini_bert {

// x with its numbers rounded to another floating-point type; x itself when it is of that type already.
Var convert(const Var& x, DType dtype);

}  // namespace mini_bert
