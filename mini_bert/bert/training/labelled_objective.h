#pragma once

#include <utility>

#include "mini_bert/bert/training/objective.h"

namespace mini_bert {

// What the objectives over labelled texts have in common: a model, which outlives the objective, and two sets, each
// with its Dataset as `data`.
template <class Model, class Set>
class LabelledObjective : public Objective {
 public:
  LabelledObjective(Model& model, Set train, Set validation)
      : model_(model), train_(std::move(train)), validation_(std::move(validation)) {}

  BertPreTrainedModel& model() const override { return model_; }
  const Dataset& training() const override { return train_.data; }
  const Dataset& validation() const override { return validation_.data; }

 protected:
  Model& model_;
  Set train_, validation_;
};

}  // namespace mini_bert
