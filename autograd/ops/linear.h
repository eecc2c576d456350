#pragma once

#include "autograd/var.h"

namespace mini_bert {

// x·Wᵀ + b; x [T,in], weight [out,in], bias [out], result [T,out], stored as x is or as `result` says. Throws Error
// when the extents do not fit.
Var linear(const Var& x, const Var& weight, const Var& bias);
Var linear(const Var& x, const Var& weight, const Var& bias, DType result);

}  // namespace mini_bert
