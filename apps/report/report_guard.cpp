#include "apps/report/report_guard.h"

#include <fmt/core.h>

#include <algorithm>

#include "apps/report/guard_changes.h"
#include "apps/report/html.h"
#include "apps/report/report_verdict.h"
#include "apps/report/svg_chart.h"
#include "apps/report/texts.h"

namespace mini_bert {
namespace {

constexpr std::size_t most_changes = 30;

std::string number_text(double value) {
  return fmt::format("{:.3f}", value);
}

std::string render_scores(const TrainingHistory& history) {
  const GuardRow &before = history.guards.front(), &after = history.guards.back();
  std::string table = "<table class=\"numbers texts\">\n<thead><tr><th scope=\"col\"></th>" +
                      element("th scope=\"col\"", phrased(say::before_step, count_text(before.step))) +
                      element("th scope=\"col\"", phrased(say::after_step, count_text(after.step))) +
                      "</tr></thead>\n<tbody>\n";
  const auto add = [&](const Text& name, const std::string& first, const std::string& last) {
    table += fmt::format("<tr>{}<td>{}</td><td>{}</td></tr>\n", element("th scope=\"row\"", name), escape_html(first),
                         escape_html(last));
  };
  add(say::right_at_once, percent_text(before.accuracy(1)), percent_text(after.accuracy(1)));
  add(say::among_five, percent_text(before.accuracy(5)), percent_text(after.accuracy(5)));
  add(say::mean_log_probability, number_text(before.log_probability), number_text(after.log_probability));
  add(say::mean_rank, fmt::format("{:.1f}", before.mean_rank()), fmt::format("{:.1f}", after.mean_rank()));
  return table + "</tbody>\n</table>\n";
}

template <class Value>
std::string render_course(const Text& name, const Text& caption, const TrainingHistory& history, const Value& value) {
  SmallChart chart{name, caption, {}, false};
  for (const GuardRow& row : history.guards) chart.points.push_back({double(row.step), value(row)});
  return render_small_chart(chart);
}

// `style` is a class of the style sheet.
std::string render_changes(const Phrase& heading, const char* style, const std::vector<GuardChange>& changes) {
  if (changes.empty()) return "";
  std::string table =
      fmt::format("<div class=\"card {}\">\n{}\n<table class=\"numbers texts\">\n<thead><tr>{}{}{}</tr>", style,
                  element("h3", phrased(heading, changes.size())), element("th scope=\"col\"", say::text_column),
                  element("th scope=\"col\"", say::rank_before), element("th scope=\"col\"", say::rank_after)) +
      "</thead>\n<tbody>\n";
  for (std::size_t i = 0; i < std::min(changes.size(), most_changes); ++i) {
    table += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td></tr>\n", escape_html(changes[i].text),
                         count_text(changes[i].before), count_text(changes[i].after));
  }
  return table + "</tbody>\n</table>\n</div>\n";
}

}  // namespace

Text guard_course(const TrainingHistory& history) {
  const double from = history.guards.front().accuracy(1), to = history.guards.back().accuracy(1);
  return phrased(say::guard_course, course_of(from, to, percent_text(from), percent_text(to)));
}

std::string render_guard(const TrainingHistory& history) {
  if (history.guards.empty()) return "";
  std::string html =
      "<section>\n" + element("h2", say::what_was_kept) + "\n" +
      element("p", phrased(say::guard_note, count_text(static_cast<Index>(history.guard_blanks.size())))) +
      "\n<div class=\"card\">\n" + render_scores(history) + "</div>\n";
  if (history.guards.size() > 1) {
    html += "<div class=\"small\">\n";
    html += render_course(say::right_in_percent, say::right_note, history,
                          [](const GuardRow& row) { return 100 * row.accuracy(1); });
    html += render_course(say::log_probability, say::log_probability_note, history,
                          [](const GuardRow& row) { return row.log_probability; });
    html += "</div>\n";
  }
  html += render_changes(say::lost, "lost", lost_answers(history));
  html += render_changes(say::gained, "gained", gained_answers(history));
  return html + "</section>\n";
}

}  // namespace mini_bert
