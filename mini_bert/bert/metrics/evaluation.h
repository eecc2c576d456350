#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mini_bert/tensor/shape.h"

namespace mini_bert {

// A number that says how good a model is: "accuracy" 0.93. Which ones there are depends on the task; the first is the
// one people ask for first.
struct Metric {
  std::string name;
  double value;
};

// How often an example of label `expected` got label `predicted`: counts[expected · labels + predicted].
struct ConfusionMatrix {
  std::vector<std::string> labels;
  std::vector<Index> counts;
};

// How a model does on validation data.
struct Evaluation {
  double loss;
  std::vector<Metric> metrics = {};
  std::optional<ConfusionMatrix> confusion = std::nullopt;
};

}  // namespace mini_bert
