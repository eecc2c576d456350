#include "mini_bert/bert/model/mlm_head.h"

#include "mini_bert/autograd/ops/activation.h"
#include "mini_bert/autograd/ops/convert.h"
#include "mini_bert/autograd/ops/linear.h"

namespace mini_bert {

MlmHead::MlmHead(const BertConfig& config, const Var& word_embeddings, DType dtype)
    : transform_(config.hidden_size, config.hidden_size, dtype),
      layer_norm_(config.hidden_size, config.layer_norm_eps, dtype),
      word_embeddings_(word_embeddings),
      bias_(register_parameter("bias", {config.vocab_size}, dtype)),
      activation_(config.activation()) {
  register_module("transform.dense", transform_);
  register_module("transform.LayerNorm", layer_norm_);
}

Var MlmHead::forward(const Var& x, Mode& mode) const {
  const Var h = layer_norm_.forward(activate(transform_.forward(x), activation_));                 // [M,H]
  return linear(convert(h, mode.activations(h.dtype())), word_embeddings_, bias_, bias_.dtype());  // [M,V]
}

}  // namespace mini_bert
