#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/train/time_left.h"
#include "mini_bert/bert/training/trainer.h"

namespace mini_bert {

// Shows a run to a person: a table with a line per logged step, and a progress bar below it on a terminal. Lines fit
// the terminal's width: a narrow one shows fewer columns.
class TrainingConsole : public TrainingObserver {
 public:
  TrainingConsole(const Plan& plan, bool has_probes);

  // "training    92 texts, 1,830 tokens". On a terminal, long texts continue below.
  static void fact(std::string_view label, std::string_view text);

  void on_update(const UpdateReport& update, const TrainingHistory& history) override;
  void on_row(const TrainingRow& row) override;
  void on_row(const EvaluationRow& row) override;
  void on_row(const ProbeRow& row) override;
  void on_guard(const GuardRow& row) override;
  void on_checkpoint(const std::filesystem::path& path) override;

  // Prints the row that was waiting for its evaluation or its answers.
  void finish();

  // Prints how much time each operation took.
  static void show_profile();

  // Prints every metric of the last evaluation.
  static void show_metrics(const TrainingHistory& history);

  double elapsed_seconds() const { return time_.elapsed(); }

 private:
  struct Column {
    std::string heading, cell;
    int width;
    bool narrow_too;  // also shown on a narrow terminal
  };
  std::vector<Column> columns() const;
  std::string line_of(const std::vector<Column>& columns, std::string Column::*text) const;
  void print_line(const std::string& line) const;
  std::string probe_cells(std::size_t taken) const;
  void print_row();
  void draw_bar(const UpdateReport& update, Index step);
  void clear_bar();

  Plan plan_;
  bool has_probes_;
  std::optional<std::size_t> width_;  // of the terminal; nothing: no terminal
  bool header_shown_ = false, bar_shown_ = false, time_said_ = false;
  TimeLeft time_;
  std::chrono::steady_clock::time_point bar_drawn_{};
  Index first_step_ = -1, tokens_ = 0;

  // The next line of the table. Its parts arrive one after the other.
  std::optional<TrainingRow> row_;
  std::optional<EvaluationRow> evaluation_;
  std::vector<ProbeRow> probes_;
  std::optional<GuardRow> guard_;
  Index asked_step_ = 0;  // the step of the latest probes and guard
  bool has_guard_ = false;
  std::string metric_name_ = "perplexity";
};

}  // namespace mini_bert
