#pragma once

#include "mini_bert/autograd/var.h"

namespace mini_bert {

// γ·(x−μ)/√(σ²+ε) + β over each row; x [T,H], gamma and beta [H]. Throws Error when the extents do not fit.
Var layer_norm(const Var& x, const Var& gamma, const Var& beta, double eps);

}  // namespace mini_bert
