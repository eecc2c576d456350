#include "apps/report/report_guard.h"

#include <fmt/core.h>

#include <algorithm>

#include "apps/report/guard_changes.h"
#include "apps/report/html.h"
#include "apps/report/svg_chart.h"

namespace mini_bert {
namespace {

constexpr std::size_t most_changes = 30;

std::string number_text(double value) {
  return fmt::format("{:.3f}", value);
}

std::string render_scores(const TrainingHistory& history) {
  const GuardRow &before = history.guards.front(), &after = history.guards.back();
  std::string table = fmt::format(
      "<table class=\"numbers texts\">\n<thead><tr><th scope=\"col\"></th><th scope=\"col\">Before, step {}</th>"
      "<th scope=\"col\">After, step {}</th></tr></thead>\n<tbody>\n",
      count_text(before.step), count_text(after.step));
  const auto add = [&](const char* name, const std::string& first, const std::string& last) {
    table += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td></tr>\n", name, escape_html(first),
                         escape_html(last));
  };
  add("Right at once", percent_text(before.accuracy(1)), percent_text(after.accuracy(1)));
  add("Among the first five", percent_text(before.accuracy(5)), percent_text(after.accuracy(5)));
  add("Mean log-probability", number_text(before.log_probability), number_text(after.log_probability));
  add("Mean rank", fmt::format("{:.1f}", before.mean_rank()), fmt::format("{:.1f}", after.mean_rank()));
  return table + "</tbody>\n</table>\n";
}

template <class Value>
std::string render_course(const char* name, const char* caption, const TrainingHistory& history, const Value& value) {
  Chart chart;
  chart.title = fmt::format("{} by step", name);
  chart.series.push_back({name, "other", {}});
  for (const GuardRow& row : history.guards) chart.series.front().points.push_back({double(row.step), value(row)});
  return fmt::format("<figure class=\"card\">\n<h3>{}</h3>\n{}<figcaption>{}</figcaption>\n</figure>\n", name,
                     render_chart(chart, 370, 200), caption);
}

// `style` is a class of the style sheet.
std::string render_changes(const char* heading, const char* style, const std::vector<GuardChange>& changes) {
  if (changes.empty()) return "";
  std::string table = fmt::format(
      "<div class=\"card {}\">\n<h3>{}: {}</h3>\n<table class=\"numbers texts\">\n<thead><tr><th "
      "scope=\"col\">Text</th>"
      "<th scope=\"col\">Rank before</th><th scope=\"col\">Rank after</th></tr></thead>\n<tbody>\n",
      style, heading, changes.size());
  for (std::size_t i = 0; i < std::min(changes.size(), most_changes); ++i) {
    table += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td></tr>\n", escape_html(changes[i].text),
                         count_text(changes[i].before), count_text(changes[i].after));
  }
  return table + "</tbody>\n</table>\n</div>\n";
}

}  // namespace

std::string guard_course(const TrainingHistory& history) {
  const double from = history.guards.front().accuracy(1), to = history.guards.back().accuracy(1);
  const std::string from_text = percent_text(from), to_text = percent_text(to);
  if (from_text == to_text) return "the guard's right first answers stayed at " + to_text;
  return fmt::format("the guard's right first answers {} from {} to {}", to < from ? "fell" : "rose", from_text,
                     to_text);
}

std::string render_guard(const TrainingHistory& history) {
  if (history.guards.empty()) return "";
  std::string html = fmt::format(
      "<section>\n<h2>What was kept</h2>\n<p>The guard asks for {} words that this training is not about. What the "
      "model loses here is the price of what it learned above.</p>\n<div class=\"card\">\n{}</div>\n",
      count_text(static_cast<Index>(history.guard_blanks.size())), render_scores(history));
  if (history.guards.size() > 1) {
    html += "<div class=\"small\">\n";
    html += render_course("Right at once, in %", "The share of blanks whose right word comes first.", history,
                          [](const GuardRow& row) { return 100 * row.accuracy(1); });
    html += render_course("Log-probability of the right word", "The mean over all blanks. Higher is better.", history,
                          [](const GuardRow& row) { return row.log_probability; });
    html += "</div>\n";
  }
  html += render_changes("Lost", "lost", lost_answers(history));
  html += render_changes("Gained", "gained", gained_answers(history));
  return html + "</section>\n";
}

}  // namespace mini_bert
