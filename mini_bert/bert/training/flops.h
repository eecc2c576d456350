#pragma once

#include <span>

#include "mini_bert/bert/bert_config.h"

namespace mini_bert {

// Floating-point operations (a multiplication and an addition are two) of the matrix products of one
// masked-language-model pass over sentences of the given lengths, of which `masked` tokens reach the head:
//   per token and layer               2·H·3H + 2·H·H + 2·H·F + 2·F·H    queries, keys, values; projection; feed-forward
//   per sentence of S tokens and layer  2·S·S·H + 2·S·S·H               scores, context
//   per masked token                  2·H·H + 2·H·V                     transform, decoder
// Everything else (norms, GELU, softmax, AdamW) is below 1 % of that and not counted. This is what the task takes, not
// what a program does: one that leaves out what nobody reads, or does more than it must, is measured by the same
// number.
double forward_flops(const BertConfig& config, std::span<const Index> lengths, Index masked);

// The same for a training step: 3 times the forward pass, since each product has two factors, and the gradient of each
// is another product of the same size.
double training_flops(const BertConfig& config, std::span<const Index> lengths, Index masked);

}  // namespace mini_bert
