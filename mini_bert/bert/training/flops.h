#pragma once

#include <span>

#include "mini_bert/bert/bert_config.h"

namespace mini_bert {

// Floating-point operations of the matrix products of one masked-language-model pass. A multiplication and an addition
// count as two. `lengths` are the lengths of the sentences; `masked` tokens reach the head:
//   per token and layer               2·H·3H + 2·H·H + 2·H·F + 2·F·H    queries, keys, values; projection; feed-forward
//   per sentence of S tokens and layer  2·S·S·H + 2·S·S·H               scores, context
//   per masked token                  2·H·H + 2·H·V                     transform, decoder
// Norms, GELU, softmax and AdamW add less than 1 % and are not counted. The number describes the task, not a program: a
// program that skips unused results, or does extra work, is measured by the same number.
double forward_flops(const BertConfig& config, std::span<const Index> lengths, Index masked);

// The same for a training step, which costs 3 times the forward pass: each product has two factors, and the gradient of
// each factor is another product of the same size.
double training_flops(const BertConfig& config, std::span<const Index> lengths, Index masked);

}  // namespace mini_bert
