#pragma once

#include "mini_bert/autograd/var.h"
#include "mini_bert/tensor/kernels/gelu.h"

namespace mini_bert {

using kernels::Gelu;

// x·Φ(x), element by element, with Φ in its exact or its tanh form.
Var gelu(const Var& x, Gelu form = Gelu::erf);

}  // namespace mini_bert
