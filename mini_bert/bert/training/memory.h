#pragma once

#include <cstddef>

#include "mini_bert/bert/bert_config.h"
#include "mini_bert/nn/mode.h"

namespace mini_bert {

// The frozen part of a model: its number of parameters and of encoder layers.
struct Frozen {
  Index parameters = 0, layers = 0;
};

// An upper bound for the memory of a training run in bytes, computed from the shapes. With P parameters and a batch of
// T tokens, M of them masked, it counts these floats:
//   4·P                           weights, gradients and AdamW's two means; frozen parameters have weights only
//   T·(L·(8·H + F + N) + 6·H)     activations kept for the backward pass. Per layer: queries, keys and values (3H),
//                                 context (H), two sums and two norms (4H), the feed-forward part before GELU (F),
//                                 one normaliser per head (N). The embeddings keep six results (6H).
//   M·(4·H + V)                   the head, and its scores or their gradient
//   T·(2·F + 4·H)                 gradients that exist at the same time inside a layer
// L counts trained layers only, because frozen layers keep nothing. When only layer inputs are kept, each layer keeps H
// per token, and one layer at a time also has its activations in memory.
std::size_t expected_training_bytes(const BertConfig& config, Index parameters, Index tokens, Index masked,
                                    const Frozen& frozen = {}, Kept kept = Kept::activations);

}  // namespace mini_bert
