#include "apps/report/report_verdict.h"

#include <algorithm>

#include "apps/report/html.h"
#include "apps/report/report.h"
#include "apps/report/report_guard.h"
#include "apps/report/report_metrics.h"
#include "apps/report/report_probes.h"
#include "apps/report/texts.h"

namespace mini_bert {
namespace {

Text perplexity_course(const std::vector<EvaluationRow>& rows) {
  const double to = rows.back().perplexity();
  if (rows.size() == 1) return phrased(say::is, perplexity_text(to));
  // The losses decide whether the perplexity fell, because two perplexities may both be infinite.
  return course_of(rows.front().loss, rows.back().loss, perplexity_text(rows.front().perplexity()),
                   perplexity_text(to));
}

Text metric_course(const std::vector<EvaluationRow>& rows) {
  const EvaluationRow &from = rows.front(), &to = rows.back();
  if (rows.size() == 1) return phrased(say::is, metric_text(to));
  return course_of(from.metrics.front().value, to.metrics.front().value, metric_text(from), metric_text(to));
}

Text evaluation_clause(const std::vector<EvaluationRow>& rows) {
  if (rows.back().metrics.empty()) return phrased(say::validation_perplexity, perplexity_course(rows));
  return phrased(say::validation_metric, metric_name(rows.back()), metric_course(rows));
}

Text probes_clause(const std::vector<ProbeCourse>& courses) {
  if (const Text counts = outcome_counts(courses); !counts.empty()) return counts;
  const auto changed = std::ranges::count_if(courses, &ProbeCourse::changed);
  if (courses.size() == 1) return changed ? say::probe_changed : say::probe_kept;
  if (changed == 0) return say::no_probe_changed;
  return phrased(say::probes_changed, changed, courses.size());
}

Text counted_text(const std::string& number, const Phrase& one, const Phrase& many) {
  return phrased(number == "1" ? one : many, number);
}

Text progress_text(const TrainingHistory& history) {
  const Text steps = history.step < history.total_steps
                         ? phrased(say::steps_of, count_text(history.step), count_text(history.total_steps))
                         : counted_text(count_text(history.step), say::one_step, say::steps);
  return phrased(say::progress, steps, counted_text(epoch_text(history.epoch), say::one_epoch, say::epochs));
}

}  // namespace

Text course_of(double from, double to, const std::string& from_text, const std::string& to_text) {
  if (from_text == to_text) return phrased(say::stayed, to_text);
  return phrased(to < from ? say::fell : say::rose, from_text, to_text);
}

Text loss_course(const std::vector<TrainingRow>& rows) {
  if (rows.size() == 1) return phrased(say::is, loss_text(rows.front().loss));
  const double from = rows.front().loss, to = rows.back().loss;
  return course_of(from, to, loss_text(from), loss_text(to));
}

const EvaluationRow* best_evaluation(const TrainingHistory& history) {
  const auto best = std::ranges::min_element(history.evaluations, {}, &EvaluationRow::loss);
  return best == history.evaluations.end() ? nullptr : &*best;
}

Text verdict_of(const TrainingHistory& history) {
  const std::vector<ProbeCourse> courses = probe_courses(history);
  const bool asked_again = std::ranges::any_of(courses, [](const ProbeCourse& c) { return c.rows.size() > 1; });
  if (history.step == 0) return say::nothing_yet;
  std::vector<Text> clauses;
  if (!history.training.empty()) {
    clauses.push_back(phrased(say::training_loss_clause, loss_course(history.training)));
  }
  if (!history.evaluations.empty()) clauses.push_back(evaluation_clause(history.evaluations));
  if (asked_again) clauses.push_back(probes_clause(courses));
  if (history.guards.size() > 1) clauses.push_back(guard_course(history));
  if (clauses.empty()) return phrased(say::done, progress_text(history));
  const bool compared =
      history.training.size() > 1 || history.evaluations.size() > 1 || history.guards.size() > 1 || asked_again;
  Text verdict = phrased(compared ? say::in_progress : say::after_progress, progress_text(history), joined(clauses));
  const EvaluationRow* best = best_evaluation(history);
  if (best && loss_text(best->loss) != loss_text(history.evaluations.back().loss)) {
    verdict += phrased(say::risen_since, loss_text(best->loss), metric_name(*best), metric_text(*best),
                       count_text(best->step));
  }
  return verdict;
}

std::string report_verdict(const TrainingHistory& history) {
  return verdict_of(history).english();
}

}  // namespace mini_bert
