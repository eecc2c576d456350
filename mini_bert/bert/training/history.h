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

// A report on training. The loss is the mean over the updates since the previous row.
struct TrainingRow {
  Index step;            // updates so far
  double epoch;          // passes over the training data so far
  double loss;           // mean per masked token, natural logarithm
  double grad_norm;      // norm of the last update's gradient, before clipping
  double learning_rate;  // rate of the last update
};

struct EvaluationRow {
  Index step;
  double epoch;
  double loss;  // validation loss per masked token, or per whatever the objective's loss is a mean over
  std::vector<Metric> metrics = {};  // none for a masked language model
  double perplexity() const;         // exp(loss), for a masked language model
};

// One answer of the model to a probe.
struct ProbeAnswer {
  std::string token;
  double score;
};
// What the model thinks of the right answer to a probe.
struct RightAnswer {
  std::string text;
  Index rank;    // among all tokens, from 1; the worst of several blanks
  double score;  // probability; the geometric mean over several blanks
};
struct ProbeRow {
  Index step;
  std::string text;
  std::vector<ProbeAnswer> answers;       // for the first blank, best first
  std::optional<RightAnswer> right = {};  // unset: nobody said what is right
};

// How well the model fills the blanks of a guard (guard.h).
struct GuardRow {
  Index step = 0;
  double log_probability = 0;  // mean log probability of the right answers over all blanks, natural logarithm
  std::vector<Index> ranks;    // the right answer's rank among all tokens, from 1; one per blank

  double accuracy(Index k) const;  // the share of blanks whose right answer has rank k or better
  double mean_rank() const;
};

// Everything a run has reported and its current position, as stored in trainer_state.json. Fields are named as in
// transformers' Trainer where it has them. Numbers are stored bit for bit, so a resumed run reports the same as an
// unbroken one.
struct TrainingHistory {
  Index step = 0;
  double epoch = 0;
  Index total_steps = 0;
  double epochs = 0;

  RunIdentity identity;  // must be equal in a resumed run

  std::optional<double> first_loss;  // the loss of the first update, before any weight changed
  double loss_since_row = 0;         // sum of the updates' losses since the last training row
  Index steps_since_row = 0;

  std::optional<Index> best_step;  // the step of the best evaluation
  double best_metric = 0;          // the loss or metric of the best evaluation; undefined without best_step
  Index evaluations_since_best = 0;

  std::vector<TrainingRow> training;
  std::vector<EvaluationRow> evaluations;
  std::vector<ProbeRow> probes;
  std::optional<ConfusionMatrix> confusion;  // from the last evaluation
  std::vector<std::string> guard_blanks;     // the texts of the guard's blanks; empty without a guard
  std::vector<GuardRow> guards;
  std::vector<std::string> warnings;  // what a person should not overlook at the end of the run, one sentence each

  std::string to_json() const;
  static TrainingHistory from_json(std::string_view text, const std::string& name);  // `name` appears in error messages
};

// Each function makes one line of metrics.jsonl.
std::string to_json_line(const TrainingRow& row);
std::string to_json_line(const EvaluationRow& row);
std::string to_json_line(const ProbeRow& row);
std::string to_json_line(const GuardRow& row);
// All rows so far, in the order in which the run reported them.
std::string to_json_lines(const TrainingHistory& history);

}  // namespace mini_bert
