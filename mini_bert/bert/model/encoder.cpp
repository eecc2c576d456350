#include "mini_bert/bert/model/encoder.h"

#include "mini_bert/autograd/ops/gather_rows.h"
#include "mini_bert/nn/recompute.h"

namespace mini_bert {

BertLayer::BertLayer(const BertConfig& config, DType dtype)
    : attention_(config.hidden_size, config.num_attention_heads, config.attention_probs_dropout_prob, dtype),
      attention_output_(config.hidden_size, config.hidden_size, dtype),
      attention_norm_(config.hidden_size, config.layer_norm_eps, dtype),
      intermediate_(config.hidden_size, config.intermediate_size, dtype),
      output_(config.intermediate_size, config.hidden_size, dtype),
      output_norm_(config.hidden_size, config.layer_norm_eps, dtype),
      dropout_(config.hidden_dropout_prob),
      activation_(config.activation()) {
  register_module("attention.self", attention_);
  register_module("attention.output.dense", attention_output_);
  register_module("attention.output.LayerNorm", attention_norm_);
  register_module("intermediate.dense", intermediate_);
  register_module("output.dense", output_);
  register_module("output.LayerNorm", output_norm_);
}

Var BertLayer::forward(const Var& x, const SequenceOffsets& offsets, Mode& mode, const Tensor& rows) const {
  const auto wanted = [&](const Var& all) { return rows.defined() ? gather_rows(all, rows) : all; };
  const Var context = wanted(attention_.forward(x, offsets, mode));                // [T,H], or [M,H] from here on
  const Var attended = attention_output_.forward(context);                         // [T,H]
  const Var a = attention_norm_.forward_sum(wanted(x), attended, dropout_, mode);  // [T,H]
  const Var inner = intermediate_.forward(a);                                      // [T,F]
  const Var fed = output_.forward_activated(inner, activation_);                   // [T,H]
  return output_norm_.forward_sum(a, fed, dropout_, mode);                         // [T,H]
}

BertEncoder::BertEncoder(const BertConfig& config, DType dtype) {
  for (Index i = 0; i < config.num_hidden_layers; ++i) {
    layers_.push_back(std::make_unique<BertLayer>(config, dtype));
    register_module("layer." + std::to_string(i), *layers_.back());
  }
}

Var BertEncoder::forward(Var x, const SequenceOffsets& offsets, Mode& mode, const Tensor& rows) const {
  for (const auto& layer : layers_) {
    const bool last = layer == layers_.back();  // with whose activations the backward pass begins
    const auto forward = [&layer = *layer, offsets, rows = last ? rows : Tensor()](const Var& x, Mode& mode) {
      return layer.forward(x, offsets, mode, rows);
    };
    x = mode.kept() == Kept::activations || last ? forward(x, mode) : recompute(x, mode, forward);
  }
  return x;
}

}  // namespace mini_bert
