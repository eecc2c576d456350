#pragma once

#include "mini_bert/autograd/weight.h"
#include "mini_bert/tensor/kernels/activated_linear.h"

namespace mini_bert {

// φ(x)·Wᵀ + b; x [T,in], weight [out,in] in any storage, bias [out], result [T,out]. Equals linear(activate(x, φ),
// weight, bias), but keeps only x for the backward pass, which computes φ(x) again. Throws Error when the extents do
// not fit.
Var activated_linear(const Var& x, Activation activation, const Weight& weight, const Var& bias);

}  // namespace mini_bert
