#pragma once

#include "mini_bert/tensor/tensor.h"

namespace mini_bert::kernels {

// Σ x², in double. Chunks of a fixed size are added in their order: the same bits with any number of threads.
double sum_of_squares(const Tensor& x);

}  // namespace mini_bert::kernels
