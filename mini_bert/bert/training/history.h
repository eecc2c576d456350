#pragma once

#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mini_bert/bert/metrics/evaluation.h"
#include "mini_bert/bert/run_identity.h"
#include "mini_bert/tensor/shape.h"

namespace mini_bert {

// The mean over the updates since the row before.
struct TrainingRow {
  Index step;            // updates so far
  double epoch;          // passes over the training data so far
  double loss;           // per masked token, natural logarithm
  double grad_norm;      // of the last update, before clipping
  double learning_rate;  // of the last update
};

struct EvaluationRow {
  Index step;
  double epoch;
  double loss;  // of the validation data, per masked token (or whatever the objective's loss is a mean over)
  std::vector<Metric> metrics = {};  // none for a masked language model
  double perplexity() const;         // exp(loss); of a masked language model
};

// What the model answers to a probe, best first.
struct ProbeAnswer {
  std::string token;
  double score;
};
struct ProbeRow {
  Index step;
  std::string text;
  std::vector<ProbeAnswer> answers;  // for its first blank
};

// How well the model fills the blanks of a guard (guard.h).
struct GuardRow {
  Index step = 0;
  double log_probability = 0;  // of the right answer, natural logarithm, the mean over all blanks
  std::vector<Index> ranks;    // of the right answer among all tokens, from 1; one per blank

  double accuracy(Index k) const;  // the share of blanks whose right answer is among the first k
  double mean_rank() const;
};

// Everything a run has reported, and where it stands: trainer_state.json, under the names transformers' Trainer uses
// where it has one. Numbers survive the file bit for bit, so that a resumed run reports what an unbroken one would.
struct TrainingHistory {
  Index step = 0;
  double epoch = 0;
  Index total_steps = 0;
  double epochs = 0;

  RunIdentity identity;  // a resumed run must have the same

  double loss_since_row = 0;  // Σ of the updates' losses since the last training row
  Index steps_since_row = 0;

  std::optional<Index> best_step;  // of the best evaluation
  double best_metric = 0;          // its loss, or the metric by which it is best; says nothing without best_step
  Index evaluations_since_best = 0;

  std::vector<TrainingRow> training;
  std::vector<EvaluationRow> evaluations;
  std::vector<ProbeRow> probes;
  std::optional<ConfusionMatrix> confusion;  // of the last evaluation
  std::vector<std::string> guard_blanks;     // the texts of the guard's blanks; none without a guard
  std::vector<GuardRow> guards;

  std::string to_json() const;
  static TrainingHistory from_json(std::string_view text, const std::string& name);  // `name` is for messages
};

// One line each of metrics.jsonl.
std::string to_json_line(const TrainingRow& row);
std::string to_json_line(const EvaluationRow& row);
std::string to_json_line(const ProbeRow& row);
std::string to_json_line(const GuardRow& row);

}  // namespace mini_bert
