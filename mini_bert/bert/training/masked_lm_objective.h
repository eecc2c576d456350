#pragma once

#include "mini_bert/bert/data/dataset.h"
#include "mini_bert/bert/data/masking.h"
#include "mini_bert/bert/training/arguments.h"
#include "mini_bert/bert/training/guard.h"
#include "mini_bert/bert/training/objective.h"
#include "mini_bert/bert/training/probe.h"

namespace mini_bert {

// The texts of a run that learns to guess masked words.
struct TrainingData {
  Dataset train;
  Dataset validation;  // may be empty
  // Asked before training, at every evaluation and after training. Written as read_probe() reads them.
  std::vector<std::string> probes;
  MaskingRules masking = {};
  Guard guard = {};  // may be empty
};

// Trains a model to guess masked words. The masks of training text i in epoch e are drawn from (seed, e, i). Those of
// validation text i are drawn from (seed, i) and never change. The loss is a mean over masked tokens.
class MaskedLmObjective : public Objective {
 public:
  // The model, the tokenizer and the arguments must outlive the objective. Error when no text has a token that can be
  // masked, and what read_probe() objects to.
  MaskedLmObjective(BertForMaskedLM& model, const Tokenizer& tokenizer, const TrainingArguments& arguments,
                    TrainingData data);

  BertPreTrainedModel& model() const override { return model_; }
  const Dataset& training() const override { return data_.train; }
  const Dataset& validation() const override { return data_.validation; }
  LossBatch batch(std::span<const Index> examples, std::uint32_t epoch) const override;
  Evaluation evaluate() const override;
  std::vector<std::string> metric_names() const override { return {}; }
  std::vector<ProbeRow> ask_probes() const override;
  std::optional<GuardRow> score_guard() const override;
  std::vector<std::string> guard_blanks() const override { return data_.guard.texts(); }
  RunIdentity identity() const override;

  // The training texts `examples` with the masks of an epoch, and all validation texts with their masks.
  MaskedBatch masked(std::span<const Index> examples, std::uint32_t epoch) const;
  const std::vector<MaskedBatch>& validation_batches() const { return validation_; }

 private:
  MaskedBatch mask(const std::vector<Sequence>& sequences, std::span<const Index> members, std::uint32_t epoch) const;

  BertForMaskedLM& model_;
  const Tokenizer& tokenizer_;
  const TrainingArguments& arguments_;
  TrainingData data_;
  Masker masker_;
  std::vector<MaskedBatch> validation_;
  std::vector<Probe> probes_;
};

}  // namespace mini_bert
