#include "apps/train/training_console.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "apps/console/clock.h"
#include "apps/console/terminal.h"
#include "apps/console/text_format.h"
#include "mini_bert/tensor/profile.h"

namespace mini_bert {
namespace {

constexpr std::size_t label_width = 12;
constexpr std::size_t wide = 120;  // a terminal of so many columns shows all columns of the table

std::string shown_metric(const EvaluationRow& row) {
  if (row.metrics.empty()) return fmt::format("{:.2f}", row.perplexity());
  return fmt::format("{:.4f}", row.metrics.front().value);
}

// The first answer, or the rank and the probability of the right one: "橙 #12 3.1 %". Short: "橙#12".
std::string probe_cell(const ProbeRow& row, bool is_short) {
  if (!row.right) return row.answers.front().token;
  const std::string rank = format_count(row.right->rank);
  if (is_short) return fmt::format("{}#{}", row.right->text, rank);
  return fmt::format("{} #{} {}", row.right->text, rank, format_percent(row.right->score));
}

std::string probe_cells(const std::vector<ProbeRow>& rows, bool is_short) {
  const bool any_right = std::ranges::any_of(rows, [](const ProbeRow& row) { return row.right.has_value(); });
  std::string cells;
  for (const ProbeRow& row : rows) {
    cells += (cells.empty() ? "" : any_right && !is_short ? "  " : " ") + probe_cell(row, is_short);
  }
  return cells;
}

}  // namespace

TrainingConsole::TrainingConsole(const Plan& plan, bool has_probes)
    : plan_(plan), has_probes_(has_probes), width_(terminal_width(STDOUT_FILENO)), time_(plan) {}

void TrainingConsole::fact(std::string_view label, std::string_view said) {
  const std::string text = one_line(said);  // it may quote a file
  const std::size_t whole = label_width + display_width(text);
  const std::size_t width = std::min(terminal_width(STDOUT_FILENO).value_or(whole), whole);
  print_out("{}{}\n", pad_right(label, label_width), width < whole ? hanging(text, label_width, width) : text);
}

void TrainingConsole::on_update(const UpdateReport& update, const TrainingHistory& history) {
  time_.update_ended();
  finish();
  if (first_step_ < 0) first_step_ = history.step - 1;
  tokens_ += update.tokens;
  if (!time_said_ && history.step - first_step_ >= 3) {
    time_said_ = true;
    clear_bar();
    fact("time", fmt::format("about {}", format_duration(elapsed_seconds() + time_.seconds_left(history.step))));
    flush_output();
  }
  if (width_) draw_bar(update, history.step);
}

void TrainingConsole::on_row(const TrainingRow& row) {
  row_ = row;
  const bool evaluation_follows = row.step % plan_.eval_steps == 0 || row.step == plan_.total_steps;
  if (!evaluation_follows) print_row();  // otherwise the row waits for the evaluation's results
}

void TrainingConsole::finish() {
  if (row_ || evaluation_ || guard_ || !probes_.empty()) print_row();
}

void TrainingConsole::on_guard(const GuardRow& row) {
  time_.evaluation_ended(row.step);
  has_guard_ = true;
  guard_ = row;
  asked_step_ = row.step;
}

void TrainingConsole::on_row(const EvaluationRow& row) {
  time_.evaluation_ended(row.step);
  if (!row.metrics.empty()) metric_name_ = row.metrics.front().name;
  evaluation_ = row;
  print_row();
}

void TrainingConsole::on_row(const ProbeRow& row) {
  time_.evaluation_ended(row.step);
  if (row.answers.empty()) return;
  asked_step_ = row.step;
  probes_.push_back(row);
}

void TrainingConsole::on_checkpoint(const std::filesystem::path& path) {
  clear_bar();
  print_out("  saved {}\n", path.string());
}

std::vector<TrainingConsole::Column> TrainingConsole::columns() const {
  const bool narrow = width_ && *width_ < wide;
  const auto shown = [](bool is_there, const std::string& text) { return is_there ? text : std::string("-"); };
  const Index step = row_ ? row_->step : evaluation_ ? evaluation_->step : asked_step_;
  const double epoch = static_cast<double>(step) / static_cast<double>(plan_.updates_per_epoch);
  std::vector<Column> columns = {
      {"step", fmt::format("{}", step), narrow ? 6 : 8, true},
      {"epoch", fmt::format("{:.2f}", epoch), narrow ? 6 : 8, !has_guard_},  // a guard takes its place
      {narrow ? "loss" : "training loss", shown(row_.has_value(), row_ ? fmt::format("{:.4f}", row_->loss) : ""),
       narrow ? 9 : 13, true},
      {narrow ? "valid." : "validation loss",
       shown(evaluation_.has_value(), evaluation_ ? fmt::format("{:.4f}", evaluation_->loss) : ""), narrow ? 8 : 15,
       true},
      {metric_name_, shown(evaluation_.has_value(), evaluation_ ? shown_metric(*evaluation_) : ""), 10, true}};
  if (has_guard_) {
    const std::string right = guard_ ? format_percent(guard_->accuracy(1)) : "-";
    const std::string both = guard_ ? fmt::format("{:.3f} {:>7}", guard_->log_probability, right) : "-";
    columns.push_back({"guard", narrow ? right : both, narrow ? 7 : 15, true});
  }
  columns.push_back(
      {"learning rate", shown(row_.has_value(), row_ ? fmt::format("{:.2e}", row_->learning_rate) : ""), 13, false});
  columns.push_back(
      {"tokens/s",
       shown(tokens_ > 0, format_count(static_cast<Index>(static_cast<double>(tokens_) / elapsed_seconds()))), 8,
       false});
  columns.push_back(
      {"left", shown(first_step_ >= 0, format_duration(time_.seconds_left(step))), narrow ? 9 : 11, true});
  return columns;
}

std::string TrainingConsole::line_of(const std::vector<Column>& columns, std::string Column::*text) const {
  std::string line;
  for (const Column& column : columns) {
    if (width_ && *width_ < wide && !column.narrow_too) continue;
    const int blanks = std::max(column.width - static_cast<int>(display_width(column.*text)), 0);
    line += (line.empty() ? "" : "  ") + std::string(static_cast<std::size_t>(blanks), ' ') + column.*text;
  }
  return line + "  ";
}

void TrainingConsole::print_line(const std::string& line) const {
  print_out("{}\n", width_ ? fitted(line, *width_) : line);
}

// As much of the probes as fits behind so many columns.
std::string TrainingConsole::probe_cells(std::size_t taken) const {
  const std::string cells = mini_bert::probe_cells(probes_, false);
  const bool fits = !width_ || taken + display_width(cells) <= *width_;
  return fits ? cells : mini_bert::probe_cells(probes_, true);
}

void TrainingConsole::print_row() {
  clear_bar();
  const std::vector<Column> cells = columns();
  if (!header_shown_) {
    print_out("\n");
    print_line(line_of(cells, &Column::heading) + (has_probes_ ? "probes" : ""));
    header_shown_ = true;
  }
  const std::string line = line_of(cells, &Column::cell);
  print_line(line + probe_cells(display_width(line)));
  flush_output();
  row_.reset();
  evaluation_.reset();
  probes_.clear();
  guard_.reset();
}

// The bar takes what the numbers leave of the line, and no number is shown that does not fit.
void TrainingConsole::draw_bar(const UpdateReport& update, Index step) {
  using namespace std::chrono_literals;
  if (bar_shown_ && Clock::now() - bar_drawn_ < 100ms) return;
  constexpr std::size_t most = 24, least = 8;
  std::string numbers = fmt::format(" {}/{}  loss {:.3f}", step, plan_.total_steps, update.loss);
  for (const std::string& more :
       {"  " + format_duration(time_.seconds_left(step)) + " left",
        fmt::format("  {} tokens/s",
                    format_count(static_cast<Index>(static_cast<double>(tokens_) / elapsed_seconds()))),
        fmt::format("  lr {:.1e}", update.learning_rate)}) {
    // The last column stays free: some terminals begin a new line after it.
    if (numbers.size() + more.size() + least + 3 <= *width_) numbers += more;
  }
  const std::size_t taken = std::min(numbers.size() + 3, *width_);
  const std::size_t bar = std::clamp(*width_ - taken, std::size_t{0}, most);
  const auto filled = bar * static_cast<std::size_t>(step) / static_cast<std::size_t>(plan_.total_steps);
  print_out(
      "\r\x1b[K{}",
      fitted(fmt::format("[{}{}]{}", std::string(filled, '#'), std::string(bar - filled, '.'), numbers), *width_ - 1));
  flush_output();
  bar_shown_ = true;
  bar_drawn_ = Clock::now();
}

void TrainingConsole::clear_bar() {
  if (bar_shown_) print_out("\r\x1b[K");
  bar_shown_ = false;
}

void TrainingConsole::show_metrics(const TrainingHistory& history) {
  if (history.evaluations.empty() || history.evaluations.back().metrics.empty()) return;
  std::string text;
  for (const Metric& metric : history.evaluations.back().metrics) {
    text += fmt::format("{}{} {:.4f}", text.empty() ? "" : ", ", metric.name, metric.value);
  }
  print_out("\n");
  fact("result", text);
}

void TrainingConsole::show_profile() {
  const std::vector<profile::Row> rows = profile::rows();
  double whole = 0;
  for (const profile::Row& row : rows) whole += row.forward_seconds + row.backward_seconds;
  print_out("\n{:<18}{:>8}{:>12}{:>13}{:>9}\n", "operation", "calls", "forward ms", "backward ms", "share");
  for (const profile::Row& row : rows) {
    print_out("{:<18}{:>8}{:>12.1f}{:>13.1f}{:>7.1f} %\n", row.name, row.forward_calls, 1e3 * row.forward_seconds,
              1e3 * row.backward_seconds, 100 * (row.forward_seconds + row.backward_seconds) / whole);
  }
}

}  // namespace mini_bert
