#include "apps/report/report_metrics.h"

#include <fmt/core.h>

#include "apps/report/html.h"
#include "apps/report/texts.h"
#include "mini_bert/bert/metrics/classification.h"

namespace mini_bert {
namespace {

constexpr std::size_t most_matrix_columns = 40;  // a wider matrix is unreadable

std::string render_confusion(const ConfusionMatrix& confusion) {
  const std::size_t labels = confusion.labels.size();
  if (labels > most_matrix_columns) return "";
  std::string table = element("h3", say::confusion) + "\n" + element("p", say::confusion_note) +
                      "\n<div class=\"scroll\" role=\"region\"" + label_attributes(say::confusion) +
                      " tabindex=\"0\">\n<table class=\"numbers\">\n<thead><tr><th scope=\"col\"></th>";
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

Text metric_name(const EvaluationRow& row) {
  return translated(row.metrics.empty() ? "perplexity" : row.metrics.front().name);
}

std::string metric_text(const EvaluationRow& row) {
  return row.metrics.empty() ? perplexity_text(row.perplexity()) : fmt::format("{:.4f}", row.metrics.front().value);
}

std::string render_metrics(const TrainingHistory& history) {
  if (history.evaluations.empty() || history.evaluations.back().metrics.empty()) return "";
  const EvaluationRow& last = history.evaluations.back();
  std::string html = "<section>\n" + element("h2", say::how_good) + "\n" +
                     element("p", phrased(say::how_good_note, count_text(last.step))) +
                     "\n<div class=\"card\">\n<table class=\"names\">\n<tbody>\n";
  for (const Metric& metric : last.metrics) {
    html +=
        fmt::format("<tr>{}<td>{:.4f}</td></tr>\n", element("th scope=\"row\"", translated(metric.name)), metric.value);
  }
  html += "</tbody>\n</table>\n";
  if (history.confusion) html += render_confusion(*history.confusion);
  return html + "</div>\n</section>\n";
}

}  // namespace mini_bert
