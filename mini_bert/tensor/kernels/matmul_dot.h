#pragma once

#include "mini_bert/tensor/kernels/matmul_blocked.h"

namespace mini_bert::kernels {

// Whether matmul_dot can compute a product and is the faster choice: up to 32 rows of x·Wᵀ, all f32. With so few rows,
// copying W into panels would cost as much as the product.
bool is_dot_product(const Product& product);

// C = A·B, with the meaning of matmul_blocked().
void matmul_dot(const simd::Kernels& simd, const Product& product);

}  // namespace mini_bert::kernels
