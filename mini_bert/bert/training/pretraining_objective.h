#pragma once

#include "mini_bert/bert/data/masking.h"
#include "mini_bert/bert/data/sentence_pairs.h"
#include "mini_bert/bert/model/heads.h"
#include "mini_bert/bert/training/arguments.h"
#include "mini_bert/bert/training/guard.h"
#include "mini_bert/bert/training/objective.h"

namespace mini_bert {

// BERT's own pre-training: the model guesses masked words and whether the second text of a pair follows the first.
// Pairs and masks of training chunk i in epoch e are drawn from (seed, e, i). Those of validation chunk i are drawn
// from (seed, i) and never change. The loss is a mean over masked tokens plus a mean over pairs. Metrics: both losses,
// and the accuracy of next-sentence prediction.
class PretrainingObjective : public Objective {
 public:
  // The model, the tokenizer and the arguments must outlive the objective. Error when all chunks of a set belong to one
  // document.
  PretrainingObjective(BertForPreTraining& model, const Tokenizer& tokenizer, const TrainingArguments& arguments,
                       Index max_length, PairSet train, PairSet validation, MaskingRules masking = {},
                       Guard guard = {});

  BertPreTrainedModel& model() const override { return model_; }
  const Dataset& training() const override { return train_.data; }
  const Dataset& validation() const override { return validation_.data; }
  std::vector<Index> lengths() const override { return longest_pairs(train_, max_length_); }
  LossBatch batch(std::span<const Index> examples, std::uint32_t epoch) const override;
  Evaluation evaluate() const override;
  std::optional<GuardRow> score_guard() const override;
  std::vector<std::string> guard_blanks() const override { return guard_.texts(); }
  std::vector<std::string> metric_names() const override {
    return {"masked_loss", "next_sentence_loss", "next_sentence_accuracy"};
  }
  RunIdentity identity() const override;

 private:
  struct PairBatch {
    MaskedBatch masked;
    Tensor is_random;  // i32 [B]
  };
  PairBatch draw(const PairSet& set, std::span<const Index> members, std::uint32_t epoch) const;

  BertForPreTraining& model_;
  const Tokenizer& tokenizer_;
  const TrainingArguments& arguments_;
  Index max_length_;
  Masker masker_;
  PairSet train_, validation_;
  Guard guard_;
};

}  // namespace mini_bert
