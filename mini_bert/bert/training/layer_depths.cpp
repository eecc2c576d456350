#include "mini_bert/bert/training/layer_depths.h"

#include <algorithm>
#include <cmath>

#include "mini_bert/base/argument_error.h"

namespace mini_bert {

bool is_frozen(const Parameter& parameter, const TrainingArguments& arguments) {
  const Index depth = parameter.depth();
  return depth <= arguments.freeze_layers && (depth > 0 || arguments.freeze_layers > 0 || arguments.freeze_embeddings);
}

void freeze(const BertPreTrainedModel& model, const TrainingArguments& arguments) {
  const Index layers = model.config().num_hidden_layers;
  require_argument(arguments.freeze_layers <= layers, "freeze_layers", "is {}; the model has {} layers",
                   arguments.freeze_layers, layers);
  for (const Parameter& parameter : model.parameters()) {
    parameter.var().set_requires_grad(!is_frozen(parameter, arguments));
  }
}

std::vector<Parameter> trained_parameters(const BertPreTrainedModel& model) {
  std::vector<Parameter> parameters = model.parameters();
  std::erase_if(parameters, [](const Parameter& parameter) { return !parameter.var().requires_grad(); });
  return parameters;
}

std::vector<double> rate_factors(const std::vector<Parameter>& parameters, Index layers, double decay) {
  std::vector<double> factors;
  for (const Parameter& parameter : parameters) {
    factors.push_back(std::pow(decay, static_cast<double>(layers + 1 - parameter.depth())));
  }
  return factors;
}

}  // namespace mini_bert
