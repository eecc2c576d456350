#pragma once

#include "mini_bert/bert/bert_config.h"
#include "mini_bert/bert/data/batch.h"
#include "mini_bert/nn/dropout.h"
#include "mini_bert/nn/embedding.h"
#include "mini_bert/nn/layer_norm.h"

namespace mini_bert {

// x = dropout(LayerNorm(word[id] + token_type[type] + position[pos])), [T,H]. Devlin et al. 2019, arXiv:1810.04805 §3,
// figure 2.
class BertEmbeddings : public Module {
 public:
  BertEmbeddings(const BertConfig& config, DType dtype);

  Var forward(const PackedSequences& tokens, Mode& mode) const;

  const Weight& word_embeddings() const { return word_.weight(); }  // [V,H]; the masked-language-model head shares it
  const Weight& position_embeddings() const { return position_.weight(); }
  const Weight& token_type_embeddings() const { return token_type_.weight(); }

 private:
  Embedding word_, position_, token_type_;
  LayerNorm norm_;
  Dropout dropout_;
};

}  // namespace mini_bert
