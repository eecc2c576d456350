#pragma once

#include "mini_bert/autograd/weight.h"

namespace mini_bert {

// x·Wᵀ + b; x [T,in], weight [out,in] in any storage, bias [out], result [T,out], stored as x is or as `result` says.
// Throws Error when the extents do not fit.
Var linear(const Var& x, const Weight& weight, const Var& bias);
Var linear(const Var& x, const Weight& weight, const Var& bias, DType result);

// Throws Error in the name of `operation` when x, weight and bias do not fit.
void check_linear(const char* operation, const Var& x, const Weight& weight, const Var& bias);

}  // namespace mini_bert
