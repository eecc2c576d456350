#pragma once

#include "mini_bert/bert/data/labelled_texts.h"
#include "mini_bert/bert/model/heads.h"
#include "mini_bert/bert/training/labelled_objective.h"

namespace mini_bert {

// Trains a model to give a text a label, several labels or a number. The loss is a mean over texts, weighted by their
// labels if the labels have weights; this holds in training and in validation. Metrics for one label per text:
// accuracy, F1 and the confusion matrix. For several labels per text: F1 and accuracy, where a label is predicted when
// its probability exceeds one half. For numbers: correlations.
class ClassificationObjective : public LabelledObjective<BertForSequenceClassification, ClassificationSet> {
 public:
  // The model must outlive the objective. `class_weights` f32 [C] are for problems with one label per text; undefined:
  // all weights are 1.
  ClassificationObjective(BertForSequenceClassification& model, ClassificationSet train, ClassificationSet validation,
                          Tensor class_weights = {});

  LossBatch batch(std::span<const Index> examples, std::uint32_t epoch) const override;
  Evaluation evaluate() const override;
  std::vector<std::string> metric_names() const override;
  LabelTable label_table() const override;
  RunIdentity identity() const override;

 private:
  Tensor labels(const ClassificationSet& set, std::span<const Index> members) const;
  double weight_of(const Tensor& labels) const;

  Tensor class_weights_;
};

}  // namespace mini_bert
