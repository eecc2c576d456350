#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "mini_bert/nn/adamw.h"
#include "mini_bert/nn/mode.h"
#include "mini_bert/nn/schedule.h"

namespace mini_bert {

// How often something happens: never, after a fixed number of updates, or at the end of every epoch.
enum class Every { never, steps, epoch };

// The arguments of a run. Names and defaults follow transformers' TrainingArguments.
struct TrainingArguments {
  double epochs = 3;
  std::optional<Index> max_steps;     // overrides epochs
  Index batch_size = 8;               // texts per batch
  std::optional<Index> batch_tokens;  // tokens per batch; overrides batch_size
  Index accumulation_steps = 1;       // batches per update; each batch's gradient is weighted by its masked tokens
  double learning_rate = 5e-5;        // the highest rate, reached after warm-up
  Schedule schedule = Schedule::linear;
  ScheduleOptions schedule_options;
  double warmup_ratio = 0;            // share of all updates
  std::optional<Index> warmup_steps;  // overrides warmup_ratio
  double layer_decay = 1;             // rate factor from each layer to the one below it (layer_depths.h)
  Index freeze_layers = 0;            // this many encoder layers, and the embeddings, are not trained
  bool freeze_embeddings = false;
  AdamWOptions adamw;
  double anchor = 0;         // strength λ of the pull towards the initial weights (nn/anchor.h)
  double max_grad_norm = 1;  // 0: no clipping
  Precision precision = Precision::full;
  bool gradient_checkpointing = false;  // keeps only the layer inputs (Kept::layer_inputs)
  double mask_probability = 0.15;
  std::uint64_t seed = 42;

  // Intervals are counted in updates. By default a run logs about twenty times, at least every 500 updates, and
  // evaluates whenever it logs. transformers does both every 500 updates, which a short run never reaches. A share of
  // all updates, where it is given, overrides the number.
  Every log = Every::steps;  // never: one row at the end
  std::optional<Index> logging_steps;
  std::optional<double> logging_share;
  Every evaluate = Every::steps;  // also before and after training; never without validation data
  std::optional<Index> eval_steps;
  std::optional<double> eval_share;
  Every save = Every::steps;
  Index save_steps = 500;  // updates between two checkpoints; 0: no checkpoints
  std::optional<double> save_share;
  std::optional<Index> save_total_limit;         // the most checkpoints that are kept
  std::optional<Index> early_stopping_patience;  // the run ends after this many evaluations without an improvement
  bool load_best = false;                        // end with the weights of the best evaluation
  std::string best_metric = "loss";              // decides which evaluation is best: "loss", "perplexity" or a metric
  std::optional<bool> greater_is_better;         // unset: true, except for loss, perplexity and mse

  bool operator==(const TrainingArguments&) const = default;

  Kept kept() const { return gradient_checkpointing ? Kept::layer_inputs : Kept::activations; }
};

// The schedule that follows from the arguments and the number of batches in an epoch. An update reads a group of
// batches; the last group of an epoch may be smaller. Error when a count that must be at least 1 is smaller.
struct Plan {
  Plan(const TrainingArguments& arguments, Index batches_per_epoch);

  Index batches_per_epoch, updates_per_epoch, total_steps, warmup_steps, logging_steps;
  Index eval_steps;  // equals total_steps when only the last update is followed by an evaluation
  Index save_steps;  // 0: no checkpoints
};

}  // namespace mini_bert
