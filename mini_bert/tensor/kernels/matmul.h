#pragma once

#include "mini_bert/tensor/kernels/gradient.h"
#include "mini_bert/tensor/stored_weight.h"

namespace mini_bert::kernels {

// The three products of a layer and its gradients, without a transpose in memory. Either all tensors are f64, or each
// is f32 or bf16 and a factor may also be f16. In the second case sums are f32, and if A or B is bf16, both factors are
// rounded to bf16.
void matmul(const Tensor& a, const Tensor& b, Tensor& c, Output output);               // C = A·B,  [M,K]·[K,N]
void matmul_transposed_b(const Tensor& a, const Tensor& b, Tensor& c, Output output);  // C = A·Bᵀ, [M,K]·[N,K]ᵀ
void matmul_transposed_a(const Tensor& a, const Tensor& b, Tensor& c, Output output);  // C = Aᵀ·B, [K,M]ᵀ·[K,N]

// The two products of a linear layer with its weight W [N,K], in any storage. W's storage does not decide about
// rounding: if only W is bf16, the other factor is not rounded.
void matmul_weight(const Tensor& x, const StoredWeight& weight, const Tensor& bias,
                   Tensor& y);  // Y = X·Wᵀ + bias [N] per row
void matmul_weight_backward(const Tensor& dy, const StoredWeight& weight, const Gradient& dx);  // dX += dY·W

// For C = A·B: dA += dC·Bᵀ, dB += Aᵀ·dC.
void matmul_backward(const Tensor& dc, const Tensor& a, const Tensor& b, const Gradient& da, const Gradient& db);

}  // namespace mini_bert::kernels
