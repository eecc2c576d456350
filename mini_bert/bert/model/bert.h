#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mini_bert/bert/data/batch.h"
#include "mini_bert/bert/model/answer_precision.h"
#include "mini_bert/bert/model/embeddings.h"
#include "mini_bert/bert/model/encoder.h"
#include "mini_bert/bert/model/mlm_head.h"
#include "mini_bert/bert/model/pooler.h"

namespace mini_bert {

enum class Pooling { none, first_token };

// Embeddings and encoder: one vector per token. Devlin et al. 2019, arXiv:1810.04805.
class BertModel : public Module {
 public:
  BertModel(const BertConfig& config, Pooling pooling, DType dtype);

  // The hidden states [T,H]. With `rows`, i32 [M], only these packed rows: [M,H].
  Var forward(const PackedSequences& tokens, Mode& mode, const Tensor& rows = {}) const;

  // One vector per sentence, [B,H]. pool() computes it from the hidden states of all rows. pooled() computes it from
  // the tokens; its last layer computes only the rows of [CLS]. Error without a pooler.
  Var pool(const Var& hidden, const SequenceOffsets& offsets) const;
  Var pooled(const PackedSequences& tokens, Mode& mode) const;

  const BertEmbeddings& embeddings() const { return embeddings_; }
  const Weight& word_embeddings() const { return embeddings_.word_embeddings(); }

 private:
  BertEmbeddings embeddings_;
  BertEncoder encoder_;
  std::optional<BertPooler> pooler_;
};

// The common base of BERT's models for all tasks: a configuration and the encoder. Each parameter knows its depth: 0 in
// the embeddings, l+1 in encoder layer l, L+1 in the pooler and the heads. The pooler counts as part of a head.
class BertPreTrainedModel : public Module {
 public:
  virtual ~BertPreTrainedModel() = default;

  // The model's name under "architectures" in config.json, for example "BertForMaskedLM".
  virtual std::string architecture() const = 0;

  const BertConfig& config() const { return config_; }
  const BertModel& bert() const { return bert_; }

  // Answers are computed in f32 and with weights in place at first, from this call on as it says.
  void answer_in(AnswerPrecision precision, Asked asked = Asked::often);
  AnswerPrecision answer_precision() const { return answer_precision_; }
  Mode answer_mode() const {
    return Mode::inference(answer_precision_ == AnswerPrecision::bf16 ? Precision::mixed : Precision::full);
  }

  // Draws new weights: matrices and tables from N(0, initializer_range²), scales 1, shifts and biases 0, the padding
  // row 0. With `paths`, only the parameters with these paths change. Each gets the same numbers as without `paths`.
  void initialize(std::uint64_t seed) { Module::initialize(seed, config_.initializer_range); }
  void initialize(std::uint64_t seed, std::span<const std::string> paths) {
    Module::initialize(seed, config_.initializer_range, paths);
  }

 protected:
  BertPreTrainedModel(const BertConfig& config, Pooling pooling, DType dtype);

  // Registers a module of the head, one level above the encoder. `row_per_label`: it has a row for each label.
  void register_head(std::string path, const Module& module, bool row_per_label = false);

 private:
  BertConfig config_;
  BertModel bert_;
  AnswerPrecision answer_precision_ = AnswerPrecision::f32;
};

// BERT with its masked-language-model head.
class BertForMaskedLM : public BertPreTrainedModel {
 public:
  static constexpr bool has_decoder = true;  // load_pretrained() asks whether the file's decoder is tied
  explicit BertForMaskedLM(const BertConfig& config, DType dtype = DType::f32);

  std::string architecture() const override { return "BertForMaskedLM"; }

  // The scores of every token of the vocabulary at the packed rows `rows`, i32 [M]: [M,V]. The head computes only these
  // rows.
  Var logits(const PackedSequences& tokens, const Tensor& rows, Mode& mode) const;

  // Σ −log p(label) over the masked tokens, divided by `divisor`: the number of masked tokens in one update.
  Var loss(const MaskedBatch& batch, double divisor, Mode& mode) const;

 private:
  MlmHead head_;
};

}  // namespace mini_bert
