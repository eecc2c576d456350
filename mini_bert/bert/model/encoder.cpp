#include "mini_bert/bert/model/encoder.h"

#include "mini_bert/nn/recompute.h"

namespace mini_bert {

BertLayer::BertLayer(const BertConfig& config, DType dtype)
    : attention_(config.hidden_size, config.num_attention_heads, config.attention_probs_dropout_prob, dtype),
      attention_norm_(config.hidden_size, config.layer_norm_eps, dtype),
      inner_(config.hidden_size, config.intermediate_size, dtype),
      outer_(config.intermediate_size, config.hidden_size, dtype),
      outer_norm_(config.hidden_size, config.layer_norm_eps, dtype),
      dropout_(config.hidden_dropout_prob),
      activation_(config.activation()) {
  register_module("attention", attention_);
  register_module("attention.norm", attention_norm_);
  register_module("feed_forward.inner", inner_);
  register_module("feed_forward.outer", outer_);
  register_module("feed_forward.norm", outer_norm_);
}

// The code reads as in the paper, but sums, dropouts and activations are computed by the operation that takes them. A
// norm of a sum is one operation, and so is a linear layer of an activation (nn/dropout.h, nn/activation.h).
Var BertLayer::forward(const Var& x, const SequenceOffsets& offsets, Mode& mode, const Tensor& rows) const {
  const Var attended = attention_.forward(x, offsets, mode, rows);                             // [T,H], or [M,H]
  const Var a = attention_norm_.forward(rows_of(x, rows) + dropout_.forward(attended, mode));  // [T,H]
  const Var inner = inner_.forward(a);                                                         // [T,F]
  const Var outer = outer_.forward(activated(inner, activation_));                             // [T,H]
  const Var y = outer_norm_.forward(a + dropout_.forward(outer, mode));                        // [T,H]
  mode.show("attended", a);
  mode.show("fed_forward", y);
  return y;
}

BertEncoder::BertEncoder(const BertConfig& config, DType dtype) {
  for (Index i = 0; i < config.num_hidden_layers; ++i) {
    layers_.push_back(std::make_unique<BertLayer>(config, dtype));
    register_module("layer." + std::to_string(i), *layers_.back(), {.depth = i + 1});
  }
}

Var BertEncoder::forward(Var x, const SequenceOffsets& offsets, Mode& mode, const Tensor& rows) const {
  for (const auto& layer : layers_) {
    const bool last = layer == layers_.back();  // its activations are kept, because the backward pass needs them first
    const auto forward = [&layer = *layer, offsets, rows = last ? rows : Tensor()](const Var& x, Mode& mode) {
      return layer.forward(x, offsets, mode, rows);
    };
    x = mode.kept() == Kept::activations || last ? forward(x, mode) : recompute(x, mode, forward);
  }
  return x;
}

}  // namespace mini_bert
