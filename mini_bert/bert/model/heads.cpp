#include "mini_bert/bert/model/heads.h"

#include "mini_bert/autograd/ops/add.h"
#include "mini_bert/autograd/ops/binary_cross_entropy.h"
#include "mini_bert/autograd/ops/cross_entropy.h"
#include "mini_bert/autograd/ops/gather_rows.h"
#include "mini_bert/autograd/ops/segment_cross_entropy.h"
#include "mini_bert/autograd/ops/squared_error.h"

namespace mini_bert {

BertForNextSentencePrediction::BertForNextSentencePrediction(const BertConfig& config, DType dtype)
    : BertPreTrainedModel(config, Pooling::first_token, dtype), classifier_(config.hidden_size, 2, dtype) {
  register_head("next_sentence", classifier_);
}

Var BertForNextSentencePrediction::logits(const PackedSequences& tokens, Mode& mode) const {
  return classifier_.forward(bert().pooled(tokens, mode));
}

Var BertForNextSentencePrediction::loss(const PackedSequences& tokens, const Tensor& labels, double divisor,
                                        Mode& mode) const {
  return cross_entropy(logits(tokens, mode), labels, divisor);
}

BertForPreTraining::BertForPreTraining(const BertConfig& config, DType dtype)
    : BertPreTrainedModel(config, Pooling::first_token, dtype),
      head_(config, bert().word_embeddings(), dtype),
      classifier_(config.hidden_size, 2, dtype) {
  register_head("masked_words", head_);
  register_head("next_sentence", classifier_);
}

BertForPreTraining::Logits BertForPreTraining::logits(const PackedSequences& tokens, const Tensor& rows,
                                                      Mode& mode) const {
  const Var hidden = bert().forward(tokens, mode);  // [T,H]
  return {head_.forward(gather_rows(hidden, rows), mode), classifier_.forward(bert().pool(hidden, tokens.offsets))};
}

Var BertForPreTraining::loss(const MaskedBatch& batch, const Tensor& next_labels, double masked_divisor,
                             double sentence_divisor, Mode& mode) const {
  const auto [words, next_sentence] = logits(batch.tokens, batch.masked_rows, mode);
  return add(cross_entropy(words, batch.labels, masked_divisor),
             cross_entropy(next_sentence, next_labels, sentence_divisor));
}

BertForSequenceClassification::BertForSequenceClassification(const BertConfig& config, DType dtype)
    : BertPreTrainedModel(config, Pooling::first_token, dtype), classifier_(config, config.label_count(), dtype) {
  register_head("classifier", classifier_, true);
}

Var BertForSequenceClassification::logits(const PackedSequences& tokens, Mode& mode) const {
  return classifier_.forward(bert().pooled(tokens, mode), mode);
}

Var BertForSequenceClassification::loss(const PackedSequences& tokens, const Tensor& labels, double divisor, Mode& mode,
                                        const Tensor& weights) const {
  return loss_of(logits(tokens, mode), labels, divisor, weights);
}

Var BertForSequenceClassification::loss_of(const Var& logits, const Tensor& labels, double divisor,
                                           const Tensor& weights) const {
  require(!weights.defined() || config().problem() == ProblemType::single_label_classification,
          "sequence classification: labels have weights where each text has one, not in {}",
          name_of(config().problem()));
  const double elements = divisor * static_cast<double>(config().label_count());
  switch (config().problem()) {
    case ProblemType::single_label_classification:
      return cross_entropy(logits, labels, divisor, weights);
    case ProblemType::multi_label_classification:
      return binary_cross_entropy(logits, labels, elements);
    case ProblemType::regression:
      return squared_error(logits, labels, elements);
  }
  fail("sequence classification: unknown problem type");
}

BertForTokenClassification::BertForTokenClassification(const BertConfig& config, DType dtype)
    : BertPreTrainedModel(config, Pooling::none, dtype), classifier_(config, config.label_count(), dtype) {
  register_head("classifier", classifier_, true);
}

Var BertForTokenClassification::logits(const PackedSequences& tokens, Mode& mode) const {
  return classifier_.forward(bert().forward(tokens, mode), mode);
}

Var BertForTokenClassification::loss(const PackedSequences& tokens, const Tensor& labels, double divisor, Mode& mode,
                                     const Tensor& weights) const {
  return cross_entropy(logits(tokens, mode), labels, divisor, weights);
}

BertForQuestionAnswering::BertForQuestionAnswering(const BertConfig& config, DType dtype)
    : BertPreTrainedModel(config, Pooling::none, dtype), outputs_(config.hidden_size, 2, dtype) {
  register_head("answer", outputs_);
}

Var BertForQuestionAnswering::logits(const PackedSequences& tokens, Mode& mode) const {
  return outputs_.forward(bert().forward(tokens, mode));
}

Var BertForQuestionAnswering::loss(const PackedSequences& tokens, const Tensor& labels, double divisor,
                                   Mode& mode) const {
  return segment_cross_entropy(logits(tokens, mode), tokens.offsets, labels, 2 * divisor);
}

BertForMultipleChoice::BertForMultipleChoice(const BertConfig& config, DType dtype)
    : BertPreTrainedModel(config, Pooling::first_token, dtype), classifier_(config, 1, dtype) {
  register_head("classifier", classifier_, true);
}

Var BertForMultipleChoice::logits(const PackedSequences& tokens, Mode& mode) const {
  return classifier_.forward(bert().pooled(tokens, mode), mode);
}

Var BertForMultipleChoice::loss(const PackedSequences& tokens, const SequenceOffsets& choices, const Tensor& labels,
                                double divisor, Mode& mode) const {
  return segment_cross_entropy(logits(tokens, mode), choices, labels.reshape({labels.size(), 1}), divisor);
}

BertWithoutHead::BertWithoutHead(const BertConfig& config, DType dtype)
    : BertPreTrainedModel(config, Pooling::first_token, dtype) {}

}  // namespace mini_bert
