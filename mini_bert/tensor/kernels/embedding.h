#pragma once

#include "mini_bert/tensor/kernels/gradient.h"
#include "mini_bert/tensor/stored_weight.h"

namespace mini_bert::kernels {

// y_t = table_{ids[t]}; table [V,H] in any storage, ids i32 [T] within 0…V−1, y [T,H]. If the table is widened, y is
// f32.
void embedding(const StoredWeight& table, const Tensor& ids, Tensor& y);

// dtable_{ids[t]} += dy_t, in the order of t. Row `padding_id` gets no gradient, as in torch.nn.Embedding; with −1
// every row gets one.
void embedding_backward(const Tensor& dy, const Tensor& ids, Index padding_id, const Gradient& dtable);

}  // namespace mini_bert::kernels
