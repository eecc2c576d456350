#include "bert/model/bert.h"

#include "autograd/ops/convert.h"
#include "autograd/ops/cross_entropy.h"

namespace mini_bert {

BertModel::BertModel(const BertConfig& config, Pooling pooling, DType dtype)
    : embeddings_(config, dtype), encoder_(config, dtype) {
  register_module("embeddings", embeddings_);
  register_module("encoder", encoder_);
  if (pooling == Pooling::first_token) register_module("pooler", pooler_.emplace(config, dtype));
}

Var BertModel::forward(const PackedSequences& tokens, Mode& mode, const Tensor& rows) const {
  const Var x = embeddings_.forward(tokens, mode);
  return convert(encoder_.forward(x, tokens.offsets, mode, rows), word_embeddings().dtype());
}

Var BertModel::pool(const Var& hidden, const SequenceOffsets& offsets) const {
  require(pooler_.has_value(), "pool: this model was made without a pooler");
  return pooler_->forward(hidden, offsets);
}

BertForMaskedLM::BertForMaskedLM(const BertConfig& config, DType dtype)
    : config_(config), bert_(config, Pooling::none, dtype), head_(config, bert_.word_embeddings(), dtype) {
  register_module("bert", bert_);
  register_module("cls.predictions", head_);
}

Var BertForMaskedLM::logits(const PackedSequences& tokens, const Tensor& rows, Mode& mode) const {
  return head_.forward(bert_.forward(tokens, mode, rows), mode);  // [M,H], [M,V]
}

Var BertForMaskedLM::loss(const MaskedBatch& batch, double divisor, Mode& mode) const {
  return cross_entropy(logits(batch.tokens, batch.masked_rows, mode), batch.labels, divisor);
}

void BertForMaskedLM::initialize(std::uint64_t seed) {
  RandomKey key{.seed = seed_for(seed, "weights")};
  for (const Parameter& parameter : parameters()) {
    Tensor value = parameter.value();
    if (parameter.name.ends_with("LayerNorm.weight")) {
      value.fill(1);
    } else if (parameter.name.ends_with("bias")) {
      value.fill(0);
    } else {
      fill_normal(value, 0, config_.initializer_range, key);
    }
    ++key.stream;
  }
  if (const auto padding = config_.pad_token_id) {
    bert_.word_embeddings().value().rows(*padding, *padding + 1).fill(0);
  }
}

}  // namespace mini_bert
