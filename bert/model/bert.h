#pragma once

#include <optional>

#include "bert/data/batch.h"
#include "bert/model/embeddings.h"
#include "bert/model/encoder.h"
#include "bert/model/mlm_head.h"
#include "bert/model/pooler.h"

namespace mini_bert {

enum class Pooling { none, first_token };

// Embeddings and encoder: one vector per token. Devlin et al. 2019, arXiv:1810.04805.
class BertModel : public Module {
 public:
  BertModel(const BertConfig& config, Pooling pooling, DType dtype);

  // [T,H]; only the given packed rows, i32 [M]: [M,H].
  Var forward(const PackedSequences& tokens, Mode& mode, const Tensor& rows = {}) const;
  Var pool(const Var& hidden, const SequenceOffsets& offsets) const;  // [B,H]; Error without a pooler

  const Var& word_embeddings() const { return embeddings_.word_embeddings(); }

 private:
  BertEmbeddings embeddings_;
  BertEncoder encoder_;
  std::optional<BertPooler> pooler_;
};

// BERT with its masked-language-model head. Parameters carry the names of published checkpoints.
class BertForMaskedLM : public Module {
 public:
  explicit BertForMaskedLM(const BertConfig& config, DType dtype = DType::f32);

  const BertConfig& config() const { return config_; }
  const BertModel& bert() const { return bert_; }

  // Scores of every token of the vocabulary at the given packed rows, i32 [M]: [M,V]. Only these rows pass the head.
  Var logits(const PackedSequences& tokens, const Tensor& rows, Mode& mode) const;

  // Σ −log p(label) over the masked tokens, divided by `divisor` (the number of masked tokens that one update sees).
  Var loss(const MaskedBatch& batch, double divisor, Mode& mode) const;

  // Random weights to train from: N(0, initializer_range²), LayerNorm 1 and 0, biases 0, the padding row 0.
  void initialize(std::uint64_t seed);

 private:
  BertConfig config_;
  BertModel bert_;
  MlmHead head_;
};

}  // namespace mini_bert
