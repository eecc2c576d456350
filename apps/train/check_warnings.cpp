#include "apps/train/check_warnings.h"

#include <algorithm>

#include "apps/console/text_format.h"
#include "apps/tasks/tasks.h"

namespace mini_bert {
namespace {

using Warnings = std::vector<std::string>;

void add_data(const Dataset& data, const DataCheck& check, const char* which, Warnings& warnings) {
  if (data.truncated > 0) {
    warnings.push_back(fmt::format("{} of {} {} texts are cut: the longest has {} tokens, --max-length reads {}",
                                   format_count(data.truncated), format_count(data.texts), which,
                                   format_count(data.longest), format_count(check.lengths.longest)));
  }
  if (data.unknown > 0) {
    warnings.push_back(
        fmt::format("{} of the {} tokens are [UNK]: the vocabulary does not know {} of their characters "
                    "or words",
                    format_percent(static_cast<double>(data.unknown) / static_cast<double>(data.tokens)), which,
                    format_count(std::ssize(check.unknown))));
  }
  if (!check.repeats.empty()) {
    warnings.push_back(fmt::format("{} in the {} data repeat{} an earlier one",
                                   counted(std::ssize(check.repeats), "text"), which,
                                   check.repeats.size() == 1 ? "s" : ""));
  }
}

void add_labels(const LabelTable& table, const TrainOptions& options, bool validates, Warnings& warnings) {
  constexpr Index few = 10, drowning = 20;
  if (!training_task(options.task).has_labels) return;
  Index most = 0, least = 0;
  std::string largest, smallest;
  for (std::size_t i = 0; i < table.labels.size(); ++i) {
    const Index count = table.training[i];
    const std::string label = "label " + table.labels[i];
    if (count < few) warnings.push_back(fmt::format("{} has {}", label, counted(count, "training example")));
    if (validates && table.validation[i] == 0) warnings.push_back(label + " does not occur in the validation data");
    if (count > most) {
      most = count;
      largest = label;
    }
    if (count > 0 && (least == 0 || count < least)) {
      least = count;
      smallest = label;
    }
  }
  if (least == 0 || most < drowning * least || !options.class_weights.empty()) return;
  warnings.push_back(fmt::format(
      "{} has {} times as many training examples as {}; --class-weights balanced makes all labels count alike", largest,
      format_count(most / least), smallest));
}

}  // namespace

std::vector<std::string> check_warnings(const TrainOptions& options, const Objective& objective,
                                        const DataCheck& training, const DataCheck& validation,
                                        const std::vector<Repeat>& in_both) {
  Warnings warnings;
  add_data(objective.training(), training, "training", warnings);
  add_data(objective.validation(), validation, "validation", warnings);
  if (!in_both.empty()) {
    warnings.push_back(fmt::format("{} of {} validation texts are training texts too, which flatters the validation",
                                   format_count(std::ssize(in_both)), format_count(objective.validation().texts)));
  }
  add_labels(objective.label_table(), options, objective.validates(), warnings);
  if (!objective.validates()) {
    warnings.emplace_back("there is nothing to validate with; give --validation or --validation-split");
  }
  return warnings;
}

}  // namespace mini_bert
