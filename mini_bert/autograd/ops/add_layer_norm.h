#pragma once

#include "mini_bert/autograd/var.h"
#include "mini_bert/tensor/random.h"

namespace mini_bert {

// layer_norm(add(residual, dropout(h, p, key)), gamma, beta, eps) in one operation; residual and h [T,H], gamma and
// beta [H]. Throws Error when the extents do not fit or p is not in [0, 1).
Var add_layer_norm(const Var& residual, const Var& h, double p, const RandomKey& key, const Var& gamma, const Var& beta,
                   double eps);

}  // namespace mini_bert
