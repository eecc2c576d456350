#include "apps/train/ending_remarks.h"

#include <algorithm>
#include <string_view>

#include <fmt/core.h>

#include "apps/console/text_format.h"
#include "apps/report/report_probes.h"

namespace mini_bert {
namespace {

std::string loss_in_words(double loss) {
  if (loss >= 1e15) return fmt::format("{:.3g}", loss);  // does not fit into a whole number
  return loss >= 1000 ? format_count(static_cast<std::int64_t>(loss)) : fmt::format("{:.3f}", loss);
}

// How far above its beginning a loss must end for a model to be called damaged. A loss that rises a little is noise.
constexpr double far_above = 1.5, least_rise = 0.5;

// What a run of training rows ended with: the least loss of the last third, since a single batch may have hard texts.
struct LossEnding {
  double loss, far;
};
LossEnding ending_of(const std::vector<TrainingRow>& rows) {
  constexpr std::ptrdiff_t few = 3;
  const std::ptrdiff_t count = (std::ssize(rows) + 2) / 3;
  const double least = std::ranges::min_element(rows.end() - count, rows.end(), {}, &TrainingRow::loss)->loss;
  return {least, count < few ? 2 * far_above : far_above};
}

void add_loss(const char* which, double beginning, const LossEnding& end, double learning_rate,
              std::vector<std::string>& remarks) {
  if (end.loss <= end.far * beginning || end.loss <= beginning + least_rise) return;
  remarks.push_back(
      fmt::format("the {} loss ended at {}, far above {} where it began: the training has damaged the model; try a "
                  "lower --learning-rate (it was {:g})",
                  which, loss_in_words(end.loss), loss_in_words(beginning), learning_rate));
}

// "the model has not yet learned: 橙 in 麦穗音箱是[MASK]色的。 (rank 40 before, 12 now)". Names the first few of many.
void add_probes(const std::vector<ProbeCourse>& courses, ProbeOutcome outcome, std::string_view what,
                std::vector<std::string>& remarks) {
  constexpr int most = 3;
  std::string list;
  int count = 0;
  for (const ProbeCourse& course : courses) {
    if (outcome_of(course) != outcome || ++count > most) continue;
    const RightAnswer &before = *course.rows.front()->right, &now = *course.rows.back()->right;
    list += fmt::format("{}{} in {} (rank {} before, {} now)", count > 1 ? "; " : "", now.text, course.text,
                        format_count(before.rank), format_count(now.rank));
  }
  if (count == 0) return;
  if (count > most) list += fmt::format("; and {} more", count - most);
  remarks.push_back(fmt::format("{}: {}", what, list));
}

void add_probes(const TrainingHistory& history, std::vector<std::string>& remarks) {
  const std::vector<ProbeCourse> courses = probe_courses(history);
  add_probes(courses, ProbeOutcome::forgotten, "the model has forgotten", remarks);
  add_probes(courses, ProbeOutcome::not_yet, "the model has not yet learned", remarks);
}

void add_metric(const EvaluationRow& last, Index texts, std::vector<std::string>& remarks) {
  constexpr Index few = 50;
  if (last.metrics.empty() || last.metrics.front().value != 1 || texts >= few) return;
  remarks.push_back(
      fmt::format("{} 1.0000 was measured on {} texts; so few say little, and one mistake more would make it {:.2f}",
                  last.metrics.front().name, texts, 1 - 1.0 / static_cast<double>(std::max<Index>(texts, 1))));
}

}  // namespace

std::vector<std::string> ending_remarks(const TrainingHistory& history, std::optional<double> first_loss,
                                        double learning_rate, Index validation_texts) {
  std::vector<std::string> remarks;
  if (!history.training.empty()) {
    const double first_row = history.training.front().loss;
    add_loss("training", std::min(first_loss.value_or(first_row), first_row), ending_of(history.training),
             learning_rate, remarks);
  }
  if (!history.evaluations.empty()) {
    const EvaluationRow& last = history.evaluations.back();
    if (remarks.empty())
      add_loss("validation", history.evaluations.front().loss, {last.loss, far_above}, learning_rate, remarks);
    add_metric(last, validation_texts, remarks);
  }
  add_probes(history, remarks);
  return remarks;
}

}  // namespace mini_bert
