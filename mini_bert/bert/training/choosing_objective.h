#pragma once

#include "mini_bert/bert/data/choices.h"
#include "mini_bert/bert/model/heads.h"
#include "mini_bert/bert/training/labelled_objective.h"

namespace mini_bert {

// Trains a model to choose the right one of several texts. An example is a question with all of its choices; the number
// of choices may differ. The loss is a mean over questions. Metric: accuracy, the share of questions whose right choice
// gets the highest score.
class ChoosingObjective : public LabelledObjective<BertForMultipleChoice, ChoosingSet> {
 public:
  // The model outlives the objective. Every answer must be known.
  ChoosingObjective(BertForMultipleChoice& model, ChoosingSet train, ChoosingSet validation);

  std::vector<Index> lengths() const override;
  LossBatch batch(std::span<const Index> examples, std::uint32_t epoch) const override;
  Evaluation evaluate() const override;
  std::vector<std::string> metric_names() const override { return {"accuracy"}; }
  LabelTable label_table() const override;  // counts how often the right choice is the first, the second, …
  RunIdentity identity() const override;

 private:
  std::vector<Index> first_;  // training question q owns the sequences first_[q] … first_[q+1]−1
};

}  // namespace mini_bert
