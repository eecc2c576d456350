#include "mini_bert/bert/training/best_metric.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "mini_bert/base/argument_error.h"

namespace mini_bert {
namespace {

std::string_view without_prefix(std::string_view name) {
  constexpr std::string_view prefix = "eval_";
  return name.starts_with(prefix) ? name.substr(prefix.size()) : name;
}

}  // namespace

void require_metric(const std::string& name, std::span<const std::string> metrics) {
  std::vector<std::string> names = {"loss"};
  names.insert(names.end(), metrics.begin(), metrics.end());
  if (metrics.empty()) names.emplace_back("perplexity");
  require_argument(std::ranges::find(names, without_prefix(name)) != names.end(), "best_metric",
                   "is '{}'; of this task it is one of {}", name, fmt::join(names, "|"));
}

double metric_of(const EvaluationRow& row, const std::string& name) {
  const std::string_view wanted = without_prefix(name);
  if (wanted == "loss") return row.loss;
  if (wanted == "perplexity" && row.metrics.empty()) return row.perplexity();
  const auto found = std::ranges::find(row.metrics, wanted, &Metric::name);
  require(found != row.metrics.end(), "{} is not among the metrics of the validation", name);
  return found->value;
}

bool greater_is_better(const TrainingArguments& arguments) {
  const std::string_view name = without_prefix(arguments.best_metric);
  return arguments.greater_is_better.value_or(!name.ends_with("loss") && name != "perplexity" && name != "mse");
}

}  // namespace mini_bert
