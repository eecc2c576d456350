#pragma once

#include "mini_bert/tensor/kernels/gradient.h"
#include "mini_bert/tensor/stored_weight.h"

namespace mini_bert::kernels {

// y_t = table_{ids[t]}; table [V,H] in any storage, ids i32 [T] within 0…V−1, y [T,H], f32 where the table is widened.
void embedding(const StoredWeight& table, const Tensor& ids, Tensor& y);

// dtable_{ids[t]} += dy_t, in the order of t. Row `padding_id` gets nothing, as in torch.nn.Embedding; −1 for none.
void embedding_backward(const Tensor& dy, const Tensor& ids, Index padding_id, const Gradient& dtable);

}  // namespace mini_bert::kernels
