#pragma once

#include "mini_bert/autograd/var.h"
#include "mini_bert/tensor/random.h"

namespace mini_bert {

// Sets each element to 0 with probability p and divides the others by 1−p; the key alone decides which. If p is 0,
// returns x itself. Throws Error unless 0 ≤ p < 1.
Var dropout(const Var& x, double p, const RandomKey& key);

}  // namespace mini_bert
