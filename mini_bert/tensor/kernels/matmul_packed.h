#pragma once

#include "mini_bert/tensor/kernels/activation.h"
#include "mini_bert/tensor/kernels/matmul_blocked.h"

namespace mini_bert::kernels {

// W [N,K] in panels for products x·Wᵀ: as words (matmul_words.h) that tiles read as they are, rounded to bf16 if
// `rounded`; or, if W is stored in 16 bits and not rounded, in its own type. Such a panel is half as large, and is
// widened where it is used.
WeightPanels panels_of(const simd::Kernels& simd, const StoredWeight& weight, bool rounded);

// y = x·Wᵀ + bias as weight.packed says: with panels or int8. Returns false, and has done nothing, if this CPU or these
// types have no such product. After a change of the weight, the first product makes the panels anew.
bool matmul_packed(const Tensor& x, const StoredWeight& weight, const Tensor& bias, Tensor& y);

// y = φ(x)·Wᵀ + bias in one pass over x, where there is such a product: in int8. Otherwise as above.
bool matmul_packed_activated(const Tensor& x, Activation activation, const StoredWeight& weight, const Tensor& bias,
                             Tensor& y);

}  // namespace mini_bert::kernels
