#pragma once

#include "mini_bert/autograd/var.h"
#include "mini_bert/tensor/random.h"

namespace mini_bert {

// Zeroes each element with probability p and divides the others by 1−p; which ones is a pure function of the key.
// With p = 0 returns x itself. Throws Error unless 0 ≤ p < 1.
Var dropout(const Var& x, double p, const RandomKey& key);

}  // namespace mini_bert
