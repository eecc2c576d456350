#pragma once

#include "mini_bert/bert/data/tagged_texts.h"
#include "mini_bert/bert/model/heads.h"
#include "mini_bert/bert/training/labelled_objective.h"

namespace mini_bert {

// Trains a model to tag each word. The loss is a mean over tagged words, weighted by their tags if the tags have
// weights; this holds in training and in validation. Metrics: precision, recall and F1 of whole entities, accuracy of
// tags, and the confusion matrix of tags.
class TaggingObjective : public LabelledObjective<BertForTokenClassification, TaggingSet> {
 public:
  // The model must outlive the objective. `class_weights` f32 [C]; undefined: all weights are 1.
  TaggingObjective(BertForTokenClassification& model, TaggingSet train, TaggingSet validation,
                   Tensor class_weights = {});

  LossBatch batch(std::span<const Index> examples, std::uint32_t epoch) const override;
  Evaluation evaluate() const override;
  std::vector<std::string> metric_names() const override;
  LabelTable label_table() const override;
  RunIdentity identity() const override;

 private:
  Tensor class_weights_;
};

}  // namespace mini_bert
