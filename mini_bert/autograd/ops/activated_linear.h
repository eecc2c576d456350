#pragma once

#include "mini_bert/autograd/weight.h"
#include "mini_bert/tensor/kernels/activated_linear.h"

namespace mini_bert {

using kernels::Activation;

// φ(x)·Wᵀ + b; x [T,in], weight [out,in] in any storage, bias [out], result [T,out]. The same as linear() after gelu()
// or relu(), but of the two only x is kept for the backward pass. Throws Error when the extents do not fit.
Var activated_linear(const Var& x, Activation activation, const Weight& weight, const Var& bias);

}  // namespace mini_bert
