#include "mini_bert/bert/model/mlm_head.h"

#include "mini_bert/autograd/ops/activation.h"
#include "mini_bert/autograd/ops/convert.h"
#include "mini_bert/autograd/ops/linear.h"

namespace mini_bert {

MlmHead::MlmHead(const BertConfig& config, const Weight& word_embeddings, DType dtype)
    : transform_(config.hidden_size, config.hidden_size, dtype),
      norm_(config.hidden_size, config.layer_norm_eps, dtype),
      decoder_(config.tie_word_embeddings
                   ? word_embeddings
                   : register_parameter("decoder.weight", Role::matrix, {config.vocab_size, config.hidden_size}, dtype,
                                        {.row_per_token = true})),
      bias_(register_parameter(config.tie_word_embeddings ? "bias" : "decoder.bias", Role::bias, {config.vocab_size},
                               dtype, {.row_per_token = true})
                .var()),
      activation_(config.activation()) {
  register_module("transform", transform_, {.many_rows = true});
  register_module("norm", norm_);
}

Var MlmHead::forward(const Var& x, Mode& mode) const {
  const Var h = norm_.forward(activated(transform_.forward(x), activation_));              // [M,H]
  return linear(convert(h, mode.activations(h.dtype())), decoder_, bias_, bias_.dtype());  // [M,V]
}

}  // namespace mini_bert
