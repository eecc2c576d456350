#pragma once

#include "mini_bert/bert/bert_config.h"
#include "mini_bert/nn/layer_norm.h"
#include "mini_bert/nn/linear.h"
#include "mini_bert/nn/mode.h"

namespace mini_bert {

// The masked-language-model head: for each row, a score for every token of the vocabulary.
//   h = LayerNorm(φ(x·W + b))     [M,H]
//   z = h·Eᵀ + bias               [M,V]
// E [V,H] is the table of word embeddings (tied weights), so the decoder's only parameter is its bias. Devlin et al.
// 2019, arXiv:1810.04805 §3.1; Press & Wolf 2017, arXiv:1608.05859. With tie_word_embeddings = false, E is a matrix of
// its own.
class MlmHead : public Module {
 public:
  MlmHead(const BertConfig& config, const Weight& word_embeddings, DType dtype);

  Var forward(const Var& x, Mode& mode) const;

 private:
  Linear transform_;
  LayerNorm norm_;
  Weight decoder_;
  Var bias_;
  Activation activation_;
};

}  // namespace mini_bert
