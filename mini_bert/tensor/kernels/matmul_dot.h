#pragma once

#include "mini_bert/tensor/kernels/matmul_blocked.h"

namespace mini_bert::kernels {

// Whether matmul_dot can compute a product faster than the blocked kernel: up to 32 rows of x·Wᵀ, where x and the
// result are f32 and nothing is rounded. With so few rows, copying W into panels would cost as much as the product. Not
// for weights that may be in panels: their sums would change when they are.
bool is_dot_product(const Product& product);

// C = A·B, with the same meaning as matmul_blocked().
void matmul_dot(const simd::Kernels& simd, const Product& product);

}  // namespace mini_bert::kernels
