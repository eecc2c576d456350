#pragma once

#include "mini_bert/autograd/var.h"

namespace mini_bert {

// exp(x_j)/Σ_k exp(x_k) over each row.
Var softmax(const Var& x);

}  // namespace mini_bert
