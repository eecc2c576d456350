#include "apps/report/report.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "apps/report/html.h"
#include "apps/report/report_guard.h"
#include "apps/report/report_metrics.h"
#include "apps/report/report_probes.h"
#include "apps/report/report_script.h"
#include "apps/report/report_style.h"
#include "apps/report/report_verdict.h"
#include "apps/report/svg_chart.h"
#include "apps/report/texts.h"

namespace mini_bert {
namespace {

constexpr std::size_t most_open_rows = 12;  // a longer table is collapsed

std::string render_warnings(const std::vector<std::string>& warnings) {
  if (warnings.empty()) return "";
  std::string html = "<section class=\"warnings\" role=\"note\">\n" + element("h2", say::do_not_overlook) + "\n<ul>\n";
  for (const std::string& warning : warnings) html += element("li", capitalized(translated(warning))) + "\n";
  return html + "</ul>\n</section>\n";
}

std::string render_probes(const std::vector<ProbeCourse>& courses) {
  if (courses.empty()) return "";
  const bool asked_again = std::ranges::any_of(courses, [](const ProbeCourse& c) { return c.rows.size() > 1; });
  std::string html = "<section>\n" + element("h2", say::probes) + "\n" +
                     element("p", asked_again ? say::probes_note : say::probes_note_once) + "\n";
  const bool any_right =
      std::ranges::any_of(courses, [](const ProbeCourse& c) { return c.rows.back()->right.has_value(); });
  if (asked_again && !any_right) html += element("p", say::give_the_right_answer) + "\n";
  for (const Text& advice : probe_advice(courses)) html += element("p", advice) + "\n";
  for (const ProbeCourse& course : courses) html += render_probe(course);
  return html + "</section>\n";
}

Chart loss_chart(const TrainingHistory& history) {
  Chart chart;
  chart.title = say::loss_by_step;
  ChartSeries training{say::training_loss, "training", {}}, validation{say::validation_loss, "validation", {}};
  for (const TrainingRow& row : history.training) training.points.push_back({double(row.step), row.loss});
  for (const EvaluationRow& row : history.evaluations) validation.points.push_back({double(row.step), row.loss});
  if (!training.points.empty()) {
    chart.description = phrased(say::training_loss_course, loss_course(history.training));
    chart.series.push_back(std::move(training));
  }
  if (const EvaluationRow* best = best_evaluation(history)) {
    chart.description += phrased(say::lowest_validation, loss_text(best->loss), count_text(best->step));
    chart.mark = ChartMark{{double(best->step), best->loss},
                           phrased(say::best_mark, loss_text(best->loss), count_text(best->step))};
    chart.series.push_back(std::move(validation));
  }
  if (history.epoch >= 0.1) chart.steps_per_epoch = double(history.step) / history.epoch;
  return chart;
}

std::string render_losses(const TrainingHistory& history, const std::string& meaning) {
  if (history.training.empty() && history.evaluations.empty()) return "";
  const Chart chart = loss_chart(history);
  std::string html = "<section>\n" + element("h2", say::loss) + "\n" +
                     element("p", phrased(say::loss_note, translated(meaning))) + "\n<figure class=\"card\">\n";
  html += "<div class=\"wide\">\n" + render_chart(chart, 780, 340) + "</div>\n";
  html += "<div class=\"narrow\">\n" + render_chart(chart, 350, 280) + "</div>\n";
  Text caption = history.evaluations.empty() ? say::no_validation : say::validation_note;
  if (history.training.size() > dense_from) caption += say::faint_lines;
  return html + element("figcaption", caption) + "\n</figure>\n</section>\n";
}

std::string render_optimizer(const std::vector<TrainingRow>& rows) {
  if (rows.empty()) return "";
  const auto chart = [&rows](const Text& name, const Text& caption, double TrainingRow::*value) {
    SmallChart small{name, caption, {}, true};
    for (const TrainingRow& row : rows) small.points.push_back({double(row.step), row.*value});
    return render_small_chart(small);
  };
  return "<section>\n" + element("h2", say::updates) + "\n<div class=\"small\">\n" +
         chart(say::learning_rate, say::learning_rate_note, &TrainingRow::learning_rate) +
         chart(say::gradient_norm, say::gradient_norm_note, &TrainingRow::grad_norm) + "</div>\n</section>\n";
}

std::string column_heads(const std::vector<Text>& names) {
  std::string html = "<thead><tr>";
  for (const Text& name : names) html += element("th scope=\"col\"", name);
  return html + "</tr></thead>\n";
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
  const Text metric = history.evaluations.empty() ? translated("perplexity") : metric_name(history.evaluations.back());
  std::string table = "<div class=\"scroll\" role=\"region\"" + label_attributes(say::all_rows) +
                      " tabindex=\"0\">\n<table class=\"numbers\">\n" +
                      column_heads({say::step, say::epoch, say::training_loss_column, say::validation_loss_column,
                                    capitalized(metric), say::learning_rate}) +
                      "<tbody>\n";
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
    table = "<details>\n" + element("summary", phrased(say::row_count, count_text(Index(rows.size())))) + "\n" + table +
            "</details>\n";
  }
  const Phrase& note = !best                   ? say::rows_note
                       : best->metrics.empty() ? say::rows_note_perplexity
                                               : say::rows_note_metric;
  return "<section>\n" + element("h2", say::all_rows) + "\n" + element("p", note) + "\n<div class=\"card\">\n" + table +
         "</div>\n</section>\n";
}

std::string render_names(const Text& heading, const std::vector<std::pair<std::string, std::string>>& names,
                         const char* style, bool folded) {
  if (names.empty()) return "";
  std::string table = fmt::format("<table class=\"names {}\">\n<tbody>\n", style);
  for (const auto& [name, value] : names) {
    table += "<tr>" + element("th scope=\"row\"", translated(name)) +
             element("td", value.empty() ? Text("–") : translated(value)) + "</tr>\n";
  }
  table += "</tbody>\n</table>\n";
  if (folded) {
    table =
        "<details>\n" + element("summary", phrased(say::argument_count, names.size())) + "\n" + table + "</details>\n";
  }
  return "<section>\n" + element("h2", heading) + "\n<div class=\"card\">\n" + table + "</div>\n</section>\n";
}

// The button that shows the page in the next language. It is hidden until the script has run, and knows the languages'
// names: {"en":"English","zh":"中文"}.
std::string render_language_button() {
  std::string names;
  for (const Language& language : report_languages) {
    names += fmt::format("{}\"{}\":\"{}\"", names.empty() ? "" : ",", language.code, language.name);
  }
  return fmt::format("<button id=\"language\" type=\"button\" hidden=\"hidden\" data-names=\"{}\"></button>",
                     escape_html("{" + names + "}"));
}

}  // namespace

std::string render_report(const Report& report) {
  const TrainingHistory& history = report.history;
  std::string html =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\" />\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />\n";
  // This policy stops the browser from running or fetching anything else, whatever a probe or a file name contains.
  html += fmt::format(
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
      "script-src 'sha256-{}'\" />\n",
      report_script_hash);
  html += fmt::format("<title>{} – mini_bert</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n<header>\n",
                      escape_html(report.title), report_style);
  html += "<p class=\"kicker\">" + element("span", say::kicker) +
          element("span", report.ending.empty() ? Text(say::still_running) : translated(report.ending)) +
          render_language_button() + "</p>\n";
  html += element("h1", report.title) + "\n" + element("p class=\"verdict\"", verdict_of(history)) + "\n</header>\n";
  html += render_warnings(history.warnings);
  html += render_probes(probe_courses(history));
  html += render_guard(history);
  html += render_losses(history, report.loss);
  html += render_optimizer(history.training);
  html += render_metrics(history);
  html += render_rows(history);
  html += render_names(say::this_run, report.facts, "", false);
  html += render_names(say::arguments, report.arguments, "code", report.arguments.size() > most_open_rows);
  return html + "</main>\n" + fmt::format("<script>{}</script>\n", report_script) + "</body>\n</html>\n";
}

}  // namespace mini_bert
