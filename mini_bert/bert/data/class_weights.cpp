#include "mini_bert/bert/data/class_weights.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "mini_bert/base/argument_error.h"
#include "mini_bert/base/file_error.h"
#include "mini_bert/base/number.h"
#include "mini_bert/tensor/kernels/cross_entropy.h"

namespace mini_bert {
namespace {

std::vector<float> balanced(std::span<const Index> counts) {
  const auto all = static_cast<double>(std::accumulate(counts.begin(), counts.end(), Index{0}));
  const auto occurring = static_cast<double>(std::ranges::count_if(counts, [](Index count) { return count > 0; }));
  std::vector<float> weights;
  for (const Index count : counts) {
    weights.push_back(count == 0 ? 1.0F : static_cast<float>(all / (occurring * static_cast<double>(count))));
  }
  return weights;
}

float weight_from(std::string_view text, std::string_view entry) {
  const std::optional<float> weight = number_from<float>(text);
  require_argument(weight && std::isfinite(*weight) && *weight > 0, "class_weights",
                   "has {}, expected a number above 0 as the weight; write balanced, or label=weight,label=weight",
                   in_quotes(entry));
  return *weight;
}

}  // namespace

Tensor class_weights(const std::string& text, std::span<const std::string> labels, std::span<const Index> counts) {
  if (text == "balanced") return Tensor::from(balanced(counts));
  std::vector<float> weights(labels.size(), 1);
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string_view entry = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(entry.size() + 1, rest.size()));
    const std::size_t sign = entry.rfind('=');
    require_argument(sign != std::string_view::npos, "class_weights",
                     "has {} without a '='; write balanced, or label=weight,label=weight", in_quotes(entry));
    const auto label = std::ranges::find(labels, entry.substr(0, sign));
    require_argument(label != labels.end(), "class_weights", "names {}, which is none of the {} labels: {}",
                     in_quotes(entry.substr(0, sign)), labels.size(), fmt::join(labels, ", "));
    weights[static_cast<std::size_t>(label - labels.begin())] = weight_from(entry.substr(sign + 1), entry);
  }
  return Tensor::from(weights);
}

double total_weight(const Tensor& labels, const Tensor& weights) {
  double total = 0;
  for (const std::int32_t label : labels.values<std::int32_t>()) {
    if (label == kernels::ignore_index) continue;
    total += weights.defined() ? static_cast<double>(weights.data<float>()[label]) : 1;
  }
  return total;
}

std::string weights_text(const Tensor& weights) {
  return fmt::format("{}", fmt::join(weights.values<float>(), "/"));
}

}  // namespace mini_bert
