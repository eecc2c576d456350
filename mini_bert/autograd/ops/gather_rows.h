#pragma once

#include "mini_bert/autograd/var.h"

namespace mini_bert {

// The rows of x that `rows` lists, in its order; x [T,H], rows i32 [M], result [M,H]. Throws Error when a row does not
// exist.
Var gather_rows(const Var& x, const Tensor& rows);

}  // namespace mini_bert
