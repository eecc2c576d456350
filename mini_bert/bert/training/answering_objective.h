#pragma once

#include "mini_bert/bert/data/questions.h"
#include "mini_bert/bert/model/heads.h"
#include "mini_bert/bert/training/labelled_objective.h"

namespace mini_bert {

// Trains a model to find the answer to a question in a text. An example is one window of the text; the loss is a mean
// over windows. Metrics: F1 and exact match of the best answer. The empty answer "" is allowed when at least one
// training question has no answer.
class AnsweringObjective : public LabelledObjective<BertForQuestionAnswering, AnsweringSet> {
 public:
  // The model outlives the objective.
  AnsweringObjective(BertForQuestionAnswering& model, AnsweringSet train, AnsweringSet validation);

  LossBatch batch(std::span<const Index> examples, std::uint32_t epoch) const override;
  Evaluation evaluate() const override;
  std::vector<std::string> metric_names() const override { return {"f1", "exact_match"}; }
  LabelTable label_table() const override;
  RunIdentity identity() const override;

 private:
  bool may_be_absent_;
};

}  // namespace mini_bert
