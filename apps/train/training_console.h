#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "mini_bert/bert/training/trainer.h"

namespace mini_bert {

// Shows a run to a person: a table with a line per logged step, a progress bar below it on a terminal, and the probes
// before and after training.
class TrainingConsole : public TrainingObserver {
 public:
  explicit TrainingConsole(const Plan& plan);

  // "training    92 texts, 1,830 tokens"
  static void fact(std::string_view label, std::string_view text);

  void on_update(const UpdateReport& update, const TrainingHistory& history) override;
  void on_row(const TrainingRow& row) override;
  void on_row(const EvaluationRow& row) override;
  void on_row(const ProbeRow& row) override;
  void on_guard(const GuardRow& row) override;
  void on_checkpoint(const std::filesystem::path& path) override;

  // Prints the row that was waiting for its evaluation or its answers.
  void finish();

  // Prints the first and the last answers to every probe side by side.
  static void show_probes(const TrainingHistory& history);

  // Prints how much time each operation took.
  static void show_profile();

  // Prints every metric of the last evaluation.
  static void show_metrics(const TrainingHistory& history);

  double elapsed_seconds() const;

 private:
  void print_row();
  void draw_bar(const UpdateReport& update, Index step);
  void clear_bar();
  double seconds_left(Index step) const;

  Plan plan_;
  bool is_terminal_;
  bool header_shown_ = false, bar_shown_ = false, time_said_ = false;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point bar_drawn_{};
  Index first_step_ = -1, tokens_ = 0;

  // The next line of the table. Its parts arrive one after the other.
  std::optional<TrainingRow> row_;
  std::optional<EvaluationRow> evaluation_;
  std::string probe_answers_;
  std::optional<GuardRow> guard_;
  Index asked_step_ = 0;  // the step of the latest probes and guard
  bool has_guard_ = false;
  std::string metric_name_ = "perplexity";
};

}  // namespace mini_bert
