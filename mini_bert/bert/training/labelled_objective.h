#pragma once

#include <utility>

#include "mini_bert/bert/training/objective.h"

namespace mini_bert {

// The common base of the objectives over labelled texts. It has a model, which must outlive it, and two sets, each with
// a Dataset named `data`.
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
