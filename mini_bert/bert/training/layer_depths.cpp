#include "mini_bert/bert/training/layer_depths.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "mini_bert/base/argument_error.h"

namespace mini_bert {

Index depth_of(const std::string& name, Index layers) {
  constexpr std::string_view layer = "bert.encoder.layer.";
  if (name.starts_with("bert.embeddings.")) return 0;
  if (!name.starts_with(layer)) return layers + 1;
  Index number = 0;
  std::from_chars(name.data() + layer.size(), name.data() + name.size(), number);
  return number + 1;
}

bool is_frozen(const std::string& name, Index layers, const TrainingArguments& arguments) {
  const Index depth = depth_of(name, layers);
  return depth <= arguments.freeze_layers && (depth > 0 || arguments.freeze_layers > 0 || arguments.freeze_embeddings);
}

void freeze(const BertPreTrainedModel& model, const TrainingArguments& arguments) {
  const Index layers = model.config().num_hidden_layers;
  require_argument(arguments.freeze_layers <= layers, "freeze_layers", "is {}; the model has {} layers",
                   arguments.freeze_layers, layers);
  for (Parameter& parameter : model.parameters()) {
    parameter.var.set_requires_grad(!is_frozen(parameter.name, layers, arguments));
  }
}

std::vector<Parameter> trained_parameters(const BertPreTrainedModel& model) {
  std::vector<Parameter> parameters = model.parameters();
  std::erase_if(parameters, [](const Parameter& parameter) { return !parameter.var.requires_grad(); });
  return parameters;
}

std::vector<double> rate_factors(const std::vector<Parameter>& parameters, Index layers, double decay) {
  std::vector<double> factors;
  for (const Parameter& parameter : parameters) {
    factors.push_back(std::pow(decay, static_cast<double>(layers + 1 - depth_of(parameter.name, layers))));
  }
  return factors;
}

}  // namespace mini_bert
