#pragma once

#include "mini_bert/autograd/var.h"

namespace mini_bert {

// x with its numbers rounded to another floating-point type; x itself if it already has that type.
Var convert(const Var& x, DType dtype);

}  // namespace mini_bert
