#pragma once

#include "mini_bert/bert/bert_config.h"
#include "mini_bert/nn/layer_norm.h"
#include "mini_bert/nn/linear.h"
#include "mini_bert/nn/mode.h"

namespace mini_bert {

// The masked-language-model head: for each row, a score for every token of the vocabulary.
//   h = LayerNorm(gelu(W·x + b))      [M,H]
//   z = h·Eᵀ + bias                   [M,V]
// E [V,H] is the word embedding table itself (tied weights), so the decoder adds only its bias.
class MlmHead : public Module {
 public:
  MlmHead(const BertConfig& config, const Var& word_embeddings, DType dtype);

  Var forward(const Var& x, Mode& mode) const;

 private:
  Linear transform_;
  LayerNorm layer_norm_;
  Var word_embeddings_, bias_;
  Activation activation_;
};

}  // namespace mini_bert
