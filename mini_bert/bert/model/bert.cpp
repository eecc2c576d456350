#include "mini_bert/bert/model/bert.h"

#include "mini_bert/autograd/ops/convert.h"
#include "mini_bert/autograd/ops/cross_entropy.h"
#include "mini_bert/autograd/ops/gather_rows.h"

namespace mini_bert {

BertModel::BertModel(const BertConfig& config, Pooling pooling, DType dtype)
    : embeddings_(config, dtype), encoder_(config, dtype) {
  register_module("embeddings", embeddings_, {.depth = 0});
  register_module("encoder", encoder_);
  if (pooling == Pooling::none) return;
  register_module("pooler", pooler_.emplace(config, dtype), {.depth = config.num_hidden_layers + 1, .of_head = true});
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
  register_module("", bert_);
}

void BertPreTrainedModel::answer_in(AnswerPrecision precision, Asked asked) {
  answer_precision_ = precision;
  for (const Parameter& parameter : parameters()) parameter.weight.set_use(weight_use(parameter, precision, asked));
}

void BertPreTrainedModel::register_head(std::string path, const Module& module, bool row_per_label) {
  register_module(std::move(path), module,
                  {.depth = config_.num_hidden_layers + 1, .of_head = true, .row_per_label = row_per_label});
}

BertForMaskedLM::BertForMaskedLM(const BertConfig& config, DType dtype)
    : BertPreTrainedModel(config, Pooling::none, dtype), head_(config, bert().word_embeddings(), dtype) {
  register_head("masked_words", head_);
}

Var BertForMaskedLM::logits(const PackedSequences& tokens, const Tensor& rows, Mode& mode) const {
  return head_.forward(bert().forward(tokens, mode, rows), mode);  // [M,H], [M,V]
}

Var BertForMaskedLM::loss(const MaskedBatch& batch, double divisor, Mode& mode) const {
  return cross_entropy(logits(batch.tokens, batch.masked_rows, mode), batch.labels, divisor);
}

}  // namespace mini_bert
