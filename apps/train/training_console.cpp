#include "apps/train/training_console.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "apps/console/clock.h"
#include "apps/console/text_format.h"
#include "mini_bert/tensor/profile.h"

namespace mini_bert {
namespace {

constexpr std::size_t label_width = 12;

std::string shown_metric(const EvaluationRow& row) {
  if (row.metrics.empty()) return fmt::format("{:.2f}", row.perplexity());
  return fmt::format("{:.4f}", row.metrics.front().value);
}

std::string answers(const ProbeRow& row, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < std::min(count, row.answers.size()); ++i) {
    if (i > 0) text += "  ";
    text += row.answers[i].token + ' ' + format_percent(row.answers[i].score);
  }
  return text;
}

}  // namespace

TrainingConsole::TrainingConsole(const Plan& plan) : plan_(plan), is_terminal_(isatty(STDOUT_FILENO) == 1) {}

void TrainingConsole::fact(std::string_view label, std::string_view text) {
  fmt::print("{}{}\n", pad_right(label, label_width), text);
}

double TrainingConsole::elapsed_seconds() const {
  return seconds_since(start_);
}

double TrainingConsole::seconds_left(Index step) const {
  const auto done = static_cast<double>(step - first_step_), left = static_cast<double>(plan_.total_steps - step);
  return elapsed_seconds() / std::max(done, 1.0) * left;
}

void TrainingConsole::on_update(const UpdateReport& update, const TrainingHistory& history) {
  finish();
  if (first_step_ < 0) first_step_ = history.step - 1;
  tokens_ += update.tokens;
  if (!time_said_ && history.step - first_step_ >= 3) {
    time_said_ = true;
    clear_bar();
    fact("time", fmt::format("about {}", format_duration(elapsed_seconds() + seconds_left(history.step))));
    std::fflush(stdout);
  }
  if (is_terminal_) draw_bar(update, history.step);
}

void TrainingConsole::on_row(const TrainingRow& row) {
  row_ = row;
  const bool evaluation_follows = row.step % plan_.eval_steps == 0 || row.step == plan_.total_steps;
  if (!evaluation_follows) print_row();  // otherwise the row waits for the evaluation's results
}

void TrainingConsole::finish() {
  if (row_ || evaluation_ || guard_ || !probe_answers_.empty()) print_row();
}

void TrainingConsole::on_guard(const GuardRow& row) {
  has_guard_ = true;
  guard_ = row;
  asked_step_ = row.step;
}

void TrainingConsole::on_row(const EvaluationRow& row) {
  if (!row.metrics.empty()) metric_name_ = row.metrics.front().name;
  evaluation_ = row;
  print_row();
}

void TrainingConsole::on_row(const ProbeRow& row) {
  if (row.answers.empty()) return;
  asked_step_ = row.step;
  probe_answers_ += (probe_answers_.empty() ? "" : " ") + row.answers.front().token;
}

void TrainingConsole::on_checkpoint(const std::filesystem::path& path) {
  clear_bar();
  fmt::print("  saved {}\n", path.string());
}

void TrainingConsole::print_row() {
  clear_bar();
  const auto guard_cell = [this](const std::string& text) {
    return has_guard_ ? fmt::format("  {:>15}", text) : std::string();
  };
  if (!header_shown_) {
    fmt::print("\n{:>8}  {:>8}  {:>13}  {:>15}  {:>10}{}  {:>13}  {:>8}  {:>11}  {}\n", "step", "epoch",
               "training loss", "validation loss", metric_name_, guard_cell("guard"), "learning rate", "tokens/s",
               "left", "probes");
    header_shown_ = true;
  }
  const Index step = row_ ? row_->step : evaluation_ ? evaluation_->step : asked_step_;
  const double epoch = static_cast<double>(step) / static_cast<double>(plan_.updates_per_epoch);
  const auto cell = [](bool shown, const std::string& text) { return shown ? text : std::string("-"); };
  fmt::print(
      "{:>8}  {:>8.2f}  {:>13}  {:>15}  {:>10}{}  {:>13}  {:>8}  {:>11}  {}\n", step, epoch,
      cell(row_.has_value(), row_ ? fmt::format("{:.4f}", row_->loss) : ""),
      cell(evaluation_.has_value(), evaluation_ ? fmt::format("{:.4f}", evaluation_->loss) : ""),
      cell(evaluation_.has_value(), evaluation_ ? shown_metric(*evaluation_) : ""),
      guard_cell(guard_ ? fmt::format("{:.3f} {:>7}", guard_->log_probability, format_percent(guard_->accuracy(1)))
                        : "-"),
      cell(row_.has_value(), row_ ? fmt::format("{:.2e}", row_->learning_rate) : ""),
      cell(tokens_ > 0, format_count(static_cast<Index>(static_cast<double>(tokens_) / elapsed_seconds()))),
      cell(first_step_ >= 0, first_step_ >= 0 ? format_duration(seconds_left(step)) : ""), probe_answers_);
  std::fflush(stdout);
  row_.reset();
  evaluation_.reset();
  probe_answers_.clear();
  guard_.reset();
}

void TrainingConsole::draw_bar(const UpdateReport& update, Index step) {
  if (bar_shown_ && seconds_since(bar_drawn_) < 0.1) return;
  constexpr Index width = 24;
  const Index filled = width * step / plan_.total_steps;
  fmt::print("\r\x1b[K[{}{}] {}/{}  loss {:.3f}  lr {:.1e}  {} tokens/s  {} left",
             std::string(static_cast<std::size_t>(filled), '#'),
             std::string(static_cast<std::size_t>(width - filled), '.'), step, plan_.total_steps, update.loss,
             update.learning_rate, format_count(static_cast<Index>(static_cast<double>(tokens_) / elapsed_seconds())),
             format_duration(seconds_left(step)));
  std::fflush(stdout);
  bar_shown_ = true;
  bar_drawn_ = Clock::now();
}

void TrainingConsole::clear_bar() {
  if (bar_shown_) fmt::print("\r\x1b[K");
  bar_shown_ = false;
}

void TrainingConsole::show_metrics(const TrainingHistory& history) {
  if (history.evaluations.empty() || history.evaluations.back().metrics.empty()) return;
  std::string text;
  for (const Metric& metric : history.evaluations.back().metrics) {
    text += fmt::format("{}{} {:.4f}", text.empty() ? "" : ", ", metric.name, metric.value);
  }
  fmt::print("\n");
  fact("result", text);
}

void TrainingConsole::show_profile() {
  const std::vector<profile::Row> rows = profile::rows();
  double whole = 0;
  for (const profile::Row& row : rows) whole += row.forward_seconds + row.backward_seconds;
  fmt::print("\n{:<24}{:>10}{:>14}{:>15}{:>9}\n", "operation", "calls", "forward ms", "backward ms", "share");
  for (const profile::Row& row : rows) {
    fmt::print("{:<24}{:>10}{:>14.1f}{:>15.1f}{:>8.1f} %\n", row.name, row.forward_calls, 1e3 * row.forward_seconds,
               1e3 * row.backward_seconds, 100 * (row.forward_seconds + row.backward_seconds) / whole);
  }
}

void TrainingConsole::show_probes(const TrainingHistory& history) {
  std::vector<const ProbeRow*> first, last;
  for (const ProbeRow& row : history.probes) {
    if (row.step == history.probes.front().step) first.push_back(&row);
    if (row.step == history.probes.back().step) last.push_back(&row);
  }
  if (first.empty()) return;
  std::size_t text_width = 5, before_width = 6;
  for (const ProbeRow* row : first) {
    text_width = std::max(text_width, display_width(row->text));
    before_width = std::max(before_width, display_width(answers(*row, 3)));
  }
  fmt::print("\n{}  {}  {}\n", pad_right("probe", text_width), pad_right("before", before_width), "after");
  for (std::size_t i = 0; i < std::min(first.size(), last.size()); ++i) {
    fmt::print("{}  {}  {}\n", pad_right(first[i]->text, text_width), pad_right(answers(*first[i], 3), before_width),
               answers(*last[i], 3));
  }
}

}  // namespace mini_bert
