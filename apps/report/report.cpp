#include "apps/report/report.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "apps/report/html.h"
#include "apps/report/report_guard.h"
#include "apps/report/report_metrics.h"
#include "apps/report/report_probes.h"
#include "apps/report/report_style.h"
#include "apps/report/svg_chart.h"

namespace mini_bert {
namespace {

constexpr std::size_t most_open_rows = 12;  // a longer table is collapsed

// Builds "fell from 6.231 to 2.113". If both texts are equal, builds "stayed at 2.113".
std::string course_text(double from, double to, const std::string& from_text, const std::string& to_text) {
  if (from_text == to_text) return "stayed at " + to_text;
  return fmt::format("{} from {} to {}", to < from ? "fell" : "rose", from_text, to_text);
}

std::string loss_course(const std::vector<TrainingRow>& rows) {
  if (rows.size() == 1) return "is " + loss_text(rows.front().loss);
  const double from = rows.front().loss, to = rows.back().loss;
  return course_text(from, to, loss_text(from), loss_text(to));
}

std::string perplexity_course(const std::vector<EvaluationRow>& rows) {
  const double to = rows.back().perplexity();
  if (rows.size() == 1) return "is " + perplexity_text(to);
  // The losses decide whether the perplexity fell, because two perplexities may both be infinite.
  return course_text(rows.front().loss, rows.back().loss, perplexity_text(rows.front().perplexity()),
                     perplexity_text(to));
}

std::string metric_course(const std::vector<EvaluationRow>& rows) {
  const EvaluationRow &from = rows.front(), &to = rows.back();
  const std::string name = "the validation " + metric_name(to) + " ";
  if (rows.size() == 1) return name + "is " + metric_text(to);
  return name + course_text(from.metrics.front().value, to.metrics.front().value, metric_text(from), metric_text(to));
}

std::string capitalized(std::string text) {
  if (!text.empty() && 'a' <= text[0] && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

std::string probes_text(const std::vector<ProbeCourse>& courses) {
  if (const std::string counts = outcome_counts(courses); !counts.empty()) return counts;
  const auto changed = std::ranges::count_if(courses, &ProbeCourse::changed);
  if (courses.size() == 1) return fmt::format("the probe {} its first answer", changed ? "changed" : "kept");
  if (changed == 0) return "no probe changed its first answer";
  return fmt::format("{} of {} probes changed their first answer", changed, courses.size());
}

std::string joined(const std::vector<std::string>& clauses) {
  std::string text;
  for (std::size_t i = 0; i < clauses.size(); ++i) {
    if (i > 0) text += clauses.size() == 2 ? " and " : i + 1 == clauses.size() ? ", and " : ", ";
    text += clauses[i];
  }
  return text;
}

std::string plural(const std::string& number, const char* thing) {
  return fmt::format("{} {}{}", number, thing, number == "1" ? "" : "s");
}

std::string progress_text(const TrainingHistory& history) {
  std::string steps = plural(count_text(history.step), "step");
  if (history.step < history.total_steps) {
    steps = fmt::format("{} of {} steps", count_text(history.step), count_text(history.total_steps));
  }
  return fmt::format("{} ({})", steps, plural(epoch_text(history.epoch), "epoch"));
}

const EvaluationRow* best_evaluation(const TrainingHistory& history) {
  const auto best = std::ranges::min_element(history.evaluations, {}, &EvaluationRow::loss);
  return best == history.evaluations.end() ? nullptr : &*best;
}

std::string render_warnings(const std::vector<std::string>& warnings) {
  if (warnings.empty()) return "";
  std::string html = "<section class=\"warnings\" role=\"note\">\n<h2>Do not overlook</h2>\n<ul>\n";
  for (const std::string& warning : warnings) {
    html += fmt::format("<li>{}</li>\n", escape_html(capitalized(warning)));
  }
  return html + "</ul>\n</section>\n";
}

std::string render_probes(const std::vector<ProbeCourse>& courses) {
  if (courses.empty()) return "";
  const bool asked_again = std::ranges::any_of(courses, [](const ProbeCourse& c) { return c.rows.size() > 1; });
  std::string html = fmt::format(
      "<section>\n<h2>Probes</h2>\n<p>What the model puts into the (first) blank, most probable answer first{}.</p>\n",
      asked_again ? ", before and after this training" : "; it has been asked only once so far");
  const bool any_right =
      std::ranges::any_of(courses, [](const ProbeCourse& c) { return c.rows.back()->right.has_value(); });
  if (asked_again && !any_right) {
    html +=
        "<p>A probe that ends in its right answer, as in --probe &#39;…[MASK]…=橙&#39;, also says whether the model "
        "has "
        "learned or forgotten it.</p>\n";
  }
  for (const std::string& advice : probe_advice(courses)) html += fmt::format("<p>{}</p>\n", escape_html(advice));
  for (const ProbeCourse& course : courses) html += render_probe(course);
  return html + "</section>\n";
}

Chart loss_chart(const TrainingHistory& history) {
  Chart chart;
  chart.title = "Loss by step";
  ChartSeries training{"training loss", "training", {}}, validation{"validation loss", "validation", {}};
  for (const TrainingRow& row : history.training) training.points.push_back({double(row.step), row.loss});
  for (const EvaluationRow& row : history.evaluations) validation.points.push_back({double(row.step), row.loss});
  if (!training.points.empty()) {
    chart.description = fmt::format("The training loss {}. ", loss_course(history.training));
    chart.series.push_back(std::move(training));
  }
  if (const EvaluationRow* best = best_evaluation(history)) {
    chart.description +=
        fmt::format("The validation loss is lowest, {}, at step {}.", loss_text(best->loss), count_text(best->step));
    chart.mark = ChartMark{{double(best->step), best->loss},
                           fmt::format("best: {}, step {}", loss_text(best->loss), count_text(best->step))};
    chart.series.push_back(std::move(validation));
  }
  if (history.epoch >= 0.1) chart.steps_per_epoch = double(history.step) / history.epoch;
  return chart;
}

std::string render_losses(const TrainingHistory& history, const std::string& meaning) {
  if (history.training.empty() && history.evaluations.empty()) return "";
  const Chart chart = loss_chart(history);
  std::string html = fmt::format("<section>\n<h2>Loss</h2>\n<p>{} Lower is better.</p>\n<figure class=\"card\">\n",
                                 escape_html(meaning));
  html += "<div class=\"wide\">\n" + render_chart(chart, 780, 340) + "</div>\n";
  html += "<div class=\"narrow\">\n" + render_chart(chart, 350, 280) + "</div>\n<figcaption>";
  html += history.evaluations.empty()
              ? "Without validation texts this page cannot tell learning from learning by heart."
              : "The validation texts are never trained on. When their loss rises while the training loss still falls, "
                "the model has begun to learn the training texts by heart.";
  if (history.training.size() > dense_from) html += " Faint lines are single rows, clear ones their means.";
  return html + "</figcaption>\n</figure>\n</section>\n";
}

std::string render_small_chart(const std::string& name, const char* caption, double TrainingRow::*value,
                               const std::vector<TrainingRow>& rows) {
  Chart chart;
  chart.title = name + " by step";
  chart.from_zero = true;
  chart.series.push_back({name, "other", {}});
  for (const TrainingRow& row : rows) chart.series.front().points.push_back({double(row.step), row.*value});
  return fmt::format("<figure class=\"card\">\n<h3>{}</h3>\n{}<figcaption>{}</figcaption>\n</figure>\n", name,
                     render_chart(chart, 370, 200), caption);
}

std::string render_optimizer(const std::vector<TrainingRow>& rows) {
  if (rows.empty()) return "";
  return "<section>\n<h2>Updates</h2>\n<div class=\"small\">\n" +
         render_small_chart("Learning rate", "How far an update moves the weights.", &TrainingRow::learning_rate,
                            rows) +
         render_small_chart("Gradient norm",
                            "How steeply the loss falls, before clipping. Spikes that grow ask for a lower learning "
                            "rate.",
                            &TrainingRow::grad_norm, rows) +
         "</div>\n</section>\n";
}

std::string render_rows(const TrainingHistory& history) {
  struct Row {
    double epoch = 0;
    const TrainingRow* training = nullptr;
    const EvaluationRow* evaluation = nullptr;
  };
  std::map<Index, Row> rows;
  for (const TrainingRow& row : history.training) rows[row.step] = {row.epoch, &row, nullptr};
  for (const EvaluationRow& row : history.evaluations) {
    rows[row.step].epoch = row.epoch;
    rows[row.step].evaluation = &row;
  }
  if (rows.empty()) return "";
  const EvaluationRow* best = best_evaluation(history);
  std::string table =
      "<div class=\"scroll\" role=\"region\" aria-label=\"All rows\" tabindex=\"0\">\n<table class=\"numbers\">\n"
      "<thead><tr><th scope=\"col\">Step</th><th scope=\"col\">Epoch</th><th scope=\"col\">Training loss</th>"
      "<th scope=\"col\">Validation loss</th><th scope=\"col\">" +
      escape_html(capitalized(history.evaluations.empty() ? "perplexity" : metric_name(history.evaluations.back()))) +
      "</th><th scope=\"col\">Learning rate</th></tr></thead>\n<tbody>\n";
  for (const auto& [step, row] : rows) {
    const auto training = [&row = row](auto text) { return row.training ? text(*row.training) : std::string(); };
    const auto evaluation = [&row = row](auto text) { return row.evaluation ? text(*row.evaluation) : std::string(); };
    table +=
        fmt::format("<tr{}><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                    best && row.evaluation == best ? " class=\"best\"" : "", count_text(step),
                    fmt::format("{:.2f}", row.epoch), training([](const TrainingRow& r) { return loss_text(r.loss); }),
                    evaluation([](const EvaluationRow& r) { return loss_text(r.loss); }),
                    evaluation([](const EvaluationRow& r) { return metric_text(r); }),
                    training([](const TrainingRow& r) { return rate_text(r.learning_rate); }));
  }
  table += "</tbody>\n</table>\n</div>\n";
  if (rows.size() > most_open_rows) {
    table = fmt::format("<details>\n<summary>{} rows</summary>\n{}</details>\n", count_text(Index(rows.size())), table);
  }
  return fmt::format(
      "<section>\n<h2>All rows</h2>\n<p>A training loss is the mean since the row before{}</p>\n<div "
      "class=\"card\">\n{}"
      "</div>\n</section>\n",
      !best                   ? "."
      : best->metrics.empty() ? ". Perplexity, e to the power of the validation loss: the model is as unsure as if it "
                                "chose among so many words. The best row is shaded."
                              : ". The row with the lowest validation loss is shaded.",
      table);
}

std::string render_names(const char* heading, const std::vector<std::pair<std::string, std::string>>& names,
                         const char* style, bool folded) {
  if (names.empty()) return "";
  std::string table = fmt::format("<table class=\"names {}\">\n<tbody>\n", style);
  for (const auto& [name, value] : names) {
    table += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n", escape_html(name),
                         value.empty() ? "–" : escape_html(value));
  }
  table += "</tbody>\n</table>\n";
  if (folded) table = fmt::format("<details>\n<summary>{} arguments</summary>\n{}</details>\n", names.size(), table);
  return fmt::format("<section>\n<h2>{}</h2>\n<div class=\"card\">\n{}</div>\n</section>\n", heading, table);
}

}  // namespace

std::string report_verdict(const TrainingHistory& history) {
  const std::vector<ProbeCourse> courses = probe_courses(history);
  const bool asked_again = std::ranges::any_of(courses, [](const ProbeCourse& c) { return c.rows.size() > 1; });
  if (history.step == 0) return "Nothing has been trained yet.";
  std::vector<std::string> clauses;
  if (!history.training.empty()) clauses.push_back("the training loss " + loss_course(history.training));
  if (!history.evaluations.empty()) {
    const bool masks = history.evaluations.back().metrics.empty();
    clauses.push_back(masks ? "the validation perplexity " + perplexity_course(history.evaluations)
                            : metric_course(history.evaluations));
  }
  if (asked_again) clauses.push_back(probes_text(courses));
  if (history.guards.size() > 1) clauses.push_back(guard_course(history));
  if (clauses.empty()) return fmt::format("{} done.", progress_text(history));
  const bool compared =
      history.training.size() > 1 || history.evaluations.size() > 1 || history.guards.size() > 1 || asked_again;
  std::string verdict = fmt::format("{} {} {}.", compared ? "In" : "After", progress_text(history), joined(clauses));
  const EvaluationRow* best = best_evaluation(history);
  if (best && loss_text(best->loss) != loss_text(history.evaluations.back().loss)) {
    verdict += fmt::format(" The validation loss was lowest, {} ({} {}), at step {} and has risen since.",
                           loss_text(best->loss), metric_name(*best), metric_text(*best), count_text(best->step));
  }
  return verdict;
}

std::string render_report(const Report& report) {
  const TrainingHistory& history = report.history;
  std::string html =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\" />\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />\n"
      // This policy stops the browser from running or fetching anything, whatever a probe or a file name contains.
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\" />\n";
  html += fmt::format("<title>{} – mini_bert</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n",
                      escape_html(report.title), report_style);
  html += fmt::format(
      "<header>\n<p class=\"kicker\"><span>mini_bert training report</span><span>{}</span></p>\n<h1>{}</h1>\n"
      "<p class=\"verdict\">{}</p>\n</header>\n",
      report.ending.empty() ? "still running when this page was written; reload it to see more"
                            : escape_html(report.ending),
      escape_html(report.title), escape_html(report_verdict(history)));
  html += render_warnings(history.warnings);
  html += render_probes(probe_courses(history));
  html += render_guard(history);
  html += render_losses(history, report.loss);
  html += render_optimizer(history.training);
  html += render_metrics(history);
  html += render_rows(history);
  html += render_names("This run", report.facts, "", false);
  html += render_names("Arguments", report.arguments, "code", report.arguments.size() > most_open_rows);
  return html + "</main>\n</body>\n</html>\n";
}

}  // namespace mini_bert
