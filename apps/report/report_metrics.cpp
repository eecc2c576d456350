#include "apps/report/report_metrics.h"

#include <fmt/core.h>

#include "apps/report/html.h"
#include "mini_bert/bert/metrics/classification.h"

namespace mini_bert {
namespace {

constexpr std::size_t most_matrix_columns = 40;  // a wider matrix is unreadable

std::string render_confusion(const ConfusionMatrix& confusion) {
  const std::size_t labels = confusion.labels.size();
  if (labels > most_matrix_columns) return "";
  std::string table =
      "<h3>Confusion matrix</h3>\n<p>A row is the right label, a column the one the model gave.</p>\n"
      "<div class=\"scroll\" role=\"region\" aria-label=\"Confusion matrix\" tabindex=\"0\">\n"
      "<table class=\"numbers\">\n<thead><tr><th scope=\"col\"></th>";
  for (const std::string& label : confusion.labels) {
    table += fmt::format("<th scope=\"col\">{}</th>", escape_html(label));
  }
  table += "<th scope=\"col\">F1</th></tr></thead>\n<tbody>\n";
  const std::vector<LabelCounts> counts = label_counts(confusion);
  for (std::size_t expected = 0; expected < labels; ++expected) {
    table += fmt::format("<tr><th scope=\"row\">{}</th>", escape_html(confusion.labels[expected]));
    for (std::size_t predicted = 0; predicted < labels; ++predicted) {
      const std::string count = count_text(confusion.counts[expected * labels + predicted]);
      table += expected == predicted ? "<td><strong>" + count + "</strong></td>" : "<td>" + count + "</td>";
    }
    table += fmt::format("<td>{:.4f}</td></tr>\n", counts[expected].f1());
  }
  return table + "</tbody>\n</table>\n</div>\n";
}

}  // namespace

std::string metric_name(const EvaluationRow& row) {
  return row.metrics.empty() ? "perplexity" : row.metrics.front().name;
}

std::string metric_text(const EvaluationRow& row) {
  return row.metrics.empty() ? perplexity_text(row.perplexity()) : fmt::format("{:.4f}", row.metrics.front().value);
}

std::string render_metrics(const TrainingHistory& history) {
  if (history.evaluations.empty() || history.evaluations.back().metrics.empty()) return "";
  const EvaluationRow& last = history.evaluations.back();
  std::string html = fmt::format(
      "<section>\n<h2>How good it is</h2>\n<p>On the validation data, at step {}.</p>\n"
      "<div class=\"card\">\n<table class=\"names\">\n<tbody>\n",
      count_text(last.step));
  for (const Metric& metric : last.metrics) {
    html += fmt::format("<tr><th scope=\"row\">{}</th><td>{:.4f}</td></tr>\n", escape_html(metric.name), metric.value);
  }
  html += "</tbody>\n</table>\n";
  if (history.confusion) html += render_confusion(*history.confusion);
  return html + "</div>\n</section>\n";
}

}  // namespace mini_bert
