#pragma once

#include "bert/data/questions.h"
#include "bert/model/heads.h"
#include "bert/training/objective.h"

namespace mini_bert {

// Finding the answer to a question in a text. An example is a window; the loss is a mean over windows. Metrics: F1 and
// exact match of the best answer. "" is an answer when some training question has none.
class AnsweringObjective : public Objective {
 public:
  // The model outlives the objective.
  AnsweringObjective(BertForQuestionAnswering& model, AnsweringSet train, AnsweringSet validation);

  BertPreTrainedModel& model() const override { return model_; }
  const Dataset& training() const override { return train_.data; }
  const Dataset& validation() const override { return validation_.data; }
  LossBatch batch(std::span<const Index> examples, std::uint32_t epoch) const override;
  Evaluation evaluate() const override;
  std::string identity() const override;

 private:
  BertForQuestionAnswering& model_;
  AnsweringSet train_, validation_;
  bool may_be_absent_;
};

}  // namespace mini_bert
