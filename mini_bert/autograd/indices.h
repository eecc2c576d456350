#pragma once

#include <string_view>

#include "mini_bert/tensor/tensor.h"

namespace mini_bert {

// Throws Error unless `indices` is i32 and each of them lies in 0 … count−1:
// "embedding: ids[3] must be in 0..999, got 1000".
void check_indices(std::string_view op, std::string_view argument, const Tensor& indices, Index count);

}  // namespace mini_bert
