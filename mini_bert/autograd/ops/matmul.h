#pragma once

#include "mini_bert/autograd/var.h"

namespace mini_bert {

// A·B; a [M,K], b [K,N], result [M,N]. Throws Error when the inner extents differ.
Var matmul(const Var& a, const Var& b);

}  // namespace mini_bert
