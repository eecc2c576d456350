#pragma once

#include "bert/data/labelled_texts.h"
#include "bert/model/heads.h"
#include "bert/training/objective.h"

namespace mini_bert {

// Telling which label, which labels or which number a text has. The loss is a mean over texts. Metrics: accuracy and F1
// with the confusion matrix; F1 and accuracy of several labels per text, one being found when its probability is above
// one half; correlations of numbers.
class ClassificationObjective : public Objective {
 public:
  // The model outlives the objective.
  ClassificationObjective(BertForSequenceClassification& model, ClassificationSet train, ClassificationSet validation);

  BertPreTrainedModel& model() const override { return model_; }
  const Dataset& training() const override { return train_.data; }
  const Dataset& validation() const override { return validation_.data; }
  LossBatch batch(std::span<const Index> examples, std::uint32_t epoch) const override;
  Evaluation evaluate() const override;
  std::string identity() const override;

 private:
  Tensor labels(const ClassificationSet& set, std::span<const Index> members) const;

  BertForSequenceClassification& model_;
  ClassificationSet train_, validation_;
};

}  // namespace mini_bert
