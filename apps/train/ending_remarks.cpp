#include "apps/train/ending_remarks.h"

#include <algorithm>

#include "apps/console/text_format.h"

namespace mini_bert {
namespace {

std::string loss_in_words(double loss) {
  return loss >= 1000 ? format_count(static_cast<std::int64_t>(loss)) : fmt::format("{:.3f}", loss);
}

// A loss that rises a little is noise; this is a model that has been damaged.
bool is_far_above(double end, double beginning) {
  return end > 1.5 * beginning && end > beginning + 0.5;
}

void add_loss(const char* which, double beginning, double end, double learning_rate,
              std::vector<std::string>& remarks) {
  if (!is_far_above(end, beginning)) return;
  remarks.push_back(
      fmt::format("the {} loss ended at {}, far above {} where it began: the training has damaged the model; try a "
                  "lower --learning-rate (it was {:g})",
                  which, loss_in_words(end), loss_in_words(beginning), learning_rate));
}

}  // namespace

std::vector<std::string> ending_remarks(const TrainingHistory& history, std::optional<double> first_loss,
                                        double learning_rate, Index validation_texts) {
  constexpr Index few = 50;
  std::vector<std::string> remarks;
  if (!history.training.empty()) {
    const double first_row = history.training.front().loss;
    add_loss("training", std::min(first_loss.value_or(first_row), first_row), history.training.back().loss,
             learning_rate, remarks);
  }
  if (history.evaluations.empty()) return remarks;
  const EvaluationRow& last = history.evaluations.back();
  if (remarks.empty()) add_loss("validation", history.evaluations.front().loss, last.loss, learning_rate, remarks);
  if (!last.metrics.empty() && last.metrics.front().value == 1 && validation_texts < few) {
    remarks.push_back(
        fmt::format("{} 1.0000 was measured on {} texts; so few say little, and one mistake more would make it {:.2f}",
                    last.metrics.front().name, validation_texts,
                    1 - 1.0 / static_cast<double>(std::max<Index>(validation_texts, 1))));
  }
  return remarks;
}

}  // namespace mini_bert
