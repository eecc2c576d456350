#include "mini_bert/bert/model/embeddings.h"

#include <algorithm>

#include "mini_bert/autograd/ops/add.h"
#include "mini_bert/autograd/ops/convert.h"

namespace mini_bert {

BertEmbeddings::BertEmbeddings(const BertConfig& config, DType dtype)
    : word_(config.vocab_size, config.hidden_size, config.pad_token_id.value_or(-1), dtype),
      position_(config.max_position_embeddings, config.hidden_size, -1, dtype),
      token_type_(config.type_vocab_size, config.hidden_size, -1, dtype),
      norm_(config.hidden_size, config.layer_norm_eps, dtype),
      dropout_(config.hidden_dropout_prob) {
  register_module("word", word_, {.row_per_token = true});
  register_module("position", position_);
  register_module("token_type", token_type_);
  register_module("norm", norm_);
}

Var BertEmbeddings::forward(const PackedSequences& tokens, Mode& mode) const {
  if (token_type_.weight().shape()[0] == 1) {
    require(std::ranges::all_of(tokens.type_ids.values<std::int32_t>(), [](std::int32_t type) { return type == 0; }),
            "the model reads single texts, not pairs: its config.json says type_vocab_size 1; give one text, or choose "
            "another model");
  }
  const Var sum = add(add(word_.forward(tokens.ids), token_type_.forward(tokens.type_ids)),
                      position_.forward(tokens.positions));  // [T,H]
  const Var x = dropout_.forward(norm_.forward(sum), mode);
  mode.show("embeddings", x);
  return convert(x, mode.activations(x.dtype()));
}

}  // namespace mini_bert
