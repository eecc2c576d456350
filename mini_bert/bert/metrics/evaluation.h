#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mini_bert/tensor/shape.h"

namespace mini_bert {

// A score of a model, for example "accuracy" 0.93. The metrics depend on the task. The first metric is the one that
// people ask for first.
struct Metric {
  std::string name;
  double value;
};

// counts[expected · labels + predicted] is the number of examples of label `expected` for which the model predicts
// `predicted`.
struct ConfusionMatrix {
  std::vector<std::string> labels;
  std::vector<Index> counts;
};

// The results of a model on validation data.
struct Evaluation {
  double loss;
  std::vector<Metric> metrics = {};
  std::optional<ConfusionMatrix> confusion = std::nullopt;
};

}  // namespace mini_bert
