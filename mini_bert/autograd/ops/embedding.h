#pragma once

#include "mini_bert/autograd/weight.h"

namespace mini_bert {

// Rows `ids` of the table; table [V,H] in any storage, ids i32 [T], result [T,H]. Row `padding_id` of the table gets no
// gradient (−1: every row does). Throws Error when an id is not in the table.
Var embedding(const Weight& table, const Tensor& ids, Index padding_id = -1);

}  // namespace mini_bert
