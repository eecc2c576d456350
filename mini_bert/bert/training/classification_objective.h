#pragma once

#include "mini_bert/bert/data/labelled_texts.h"
#include "mini_bert/bert/model/heads.h"
#include "mini_bert/bert/training/labelled_objective.h"

namespace mini_bert {

// Telling which label, which labels or which number a text has. The loss is a mean over texts, weighted by their labels
// if these have weights, in training and validation alike. Metrics: accuracy and F1 with the confusion matrix; F1 and
// accuracy of several labels per text, one being found when its probability is above one half; correlations of numbers.
class ClassificationObjective : public LabelledObjective<BertForSequenceClassification, ClassificationSet> {
 public:
  // The model outlives the objective. `class_weights` f32 [labels], for one label per text; undefined: all weigh 1.
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
