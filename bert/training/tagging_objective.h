#pragma once

#include "bert/data/tagged_texts.h"
#include "bert/model/heads.h"
#include "bert/training/objective.h"

namespace mini_bert {

// Telling the tag of each word. The loss is a mean over tagged words. Metrics: precision, recall and F1 of whole
// entities, accuracy of tags, and the confusion matrix of tags.
class TaggingObjective : public Objective {
 public:
  // The model outlives the objective.
  TaggingObjective(BertForTokenClassification& model, TaggingSet train, TaggingSet validation);

  BertPreTrainedModel& model() const override { return model_; }
  const Dataset& training() const override { return train_.data; }
  const Dataset& validation() const override { return validation_.data; }
  LossBatch batch(std::span<const Index> examples, std::uint32_t epoch) const override;
  Evaluation evaluate() const override;
  std::string identity() const override;

 private:
  BertForTokenClassification& model_;
  TaggingSet train_, validation_;
};

}  // namespace mini_bert
