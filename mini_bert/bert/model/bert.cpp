#include "mini_bert/bert/model/bert.h"

#include <algorithm>

#include "mini_bert/autograd/ops/convert.h"
#include "mini_bert/autograd/ops/cross_entropy.h"
#include "mini_bert/autograd/ops/gather_rows.h"

namespace mini_bert {

BertModel::BertModel(const BertConfig& config, Pooling pooling, DType dtype)
    : embeddings_(config, dtype), encoder_(config, dtype) {
  register_module("embeddings", embeddings_);
  register_module("encoder", encoder_);
  if (pooling == Pooling::first_token) register_module("pooler", pooler_.emplace(config, dtype));
}

Var BertModel::forward(const PackedSequences& tokens, Mode& mode, const Tensor& rows) const {
  const Var x = embeddings_.forward(tokens, mode);
  return convert(encoder_.forward(x, tokens.offsets, mode, rows), arithmetic_dtype(word_embeddings().dtype()));
}

Var BertModel::pool(const Var& hidden, const SequenceOffsets& offsets) const {
  require(pooler_.has_value(), "pool: this model was made without a pooler");
  return pooler_->forward(gather_rows(hidden, first_rows(offsets)));
}

Var BertModel::pooled(const PackedSequences& tokens, Mode& mode) const {
  require(pooler_.has_value(), "pooled: this model was made without a pooler");
  return pooler_->forward(forward(tokens, mode, first_rows(tokens.offsets)));
}

BertPreTrainedModel::BertPreTrainedModel(const BertConfig& config, Pooling pooling, DType dtype)
    : config_(config), bert_(config, pooling, dtype) {
  register_module("bert", bert_);
}

void BertPreTrainedModel::initialize(std::uint64_t seed) {
  std::vector<std::string> names;
  for (const Parameter& parameter : parameters()) names.push_back(parameter.name);
  initialize(seed, names);
}

void BertPreTrainedModel::initialize(std::uint64_t seed, const std::vector<std::string>& names) {
  RandomKey key{.seed = seed_for(seed, "weights")};
  for (const Parameter& parameter : parameters()) {
    const RandomKey parameter_key = key;
    ++key.stream;
    if (std::ranges::find(names, parameter.name) == names.end()) continue;
    Tensor value = parameter.value();
    if (parameter.name.ends_with("LayerNorm.weight")) {
      value.fill(1);
    } else if (parameter.name.ends_with("bias")) {
      value.fill(0);
    } else {
      fill_normal(value, 0, config_.initializer_range, parameter_key);
    }
    const auto padding = config_.pad_token_id;
    if (padding && parameter.name == "bert.embeddings.word_embeddings.weight") {
      value.rows(*padding, *padding + 1).fill(0);
    }
  }
}

BertForMaskedLM::BertForMaskedLM(const BertConfig& config, DType dtype)
    : BertPreTrainedModel(config, Pooling::none, dtype), head_(config, bert().word_embeddings(), dtype) {
  register_module("cls.predictions", head_);
}

Var BertForMaskedLM::logits(const PackedSequences& tokens, const Tensor& rows, Mode& mode) const {
  return head_.forward(bert().forward(tokens, mode, rows), mode);  // [M,H], [M,V]
}

Var BertForMaskedLM::loss(const MaskedBatch& batch, double divisor, Mode& mode) const {
  return cross_entropy(logits(batch.tokens, batch.masked_rows, mode), batch.labels, divisor);
}

}  // namespace mini_bert
