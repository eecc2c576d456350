#pragma once

#include <cstddef>

#include "mini_bert/bert/bert_config.h"
#include "mini_bert/nn/mode.h"

namespace mini_bert {

// What a run does not train: how many parameters, and how many encoder layers.
struct Frozen {
  Index parameters = 0, layers = 0;
};

// Bytes a training run will hold at most, counted from the shapes. With P parameters and a batch of T tokens of which
// M are masked, in floats:
//   4·P                           weights, gradients and AdamW's two means; of frozen parameters only the first
//   T·(L·(8·H + F + N) + 6·H)     activations kept for the backward pass: per layer queries, keys, values (3H), context
//                                 (H), two sums and two norms (4H), the feed-forward before GELU (F), one normaliser
//                                 per head (N); the embeddings' six steps
//   M·(4·H + V)                   the head, its scores or their gradient
//   T·(2·F + 4·H)                 gradients alive at once inside a layer
// L counts the layers that are trained: frozen ones keep nothing. Where only layer inputs are kept it is H a layer, and
// the activations of one.
std::size_t expected_training_bytes(const BertConfig& config, Index parameters, Index tokens, Index masked,
                                    const Frozen& frozen = {}, Kept kept = Kept::activations);

}  // namespace mini_bert
