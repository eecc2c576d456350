#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "mini_bert/nn/adamw.h"
#include "mini_bert/nn/mode.h"
#include "mini_bert/nn/schedule.h"

namespace mini_bert {

// How often something happens: never, every so many updates, or at the end of every epoch.
enum class Every { never, steps, epoch };

// The numbers that shape a run; names and defaults follow transformers' TrainingArguments.
struct TrainingArguments {
  double epochs = 3;
  std::optional<Index> max_steps;     // overrides epochs
  Index batch_size = 8;               // texts per batch
  std::optional<Index> batch_tokens;  // tokens per batch; overrides batch_size
  Index accumulation_steps = 1;       // batches per update; their gradients are weighted by masked tokens
  double learning_rate = 5e-5;        // the highest, after warm-up
  Schedule schedule = Schedule::linear;
  double warmup_ratio = 0;            // of all updates
  std::optional<Index> warmup_steps;  // overrides the ratio
  double layer_decay = 1;             // of the learning rate, from each layer to the one below it (layer_depths.h)
  Index freeze_layers = 0;            // the embeddings and this many encoder layers stay as they are
  bool freeze_embeddings = false;
  AdamWOptions adamw;
  double anchor = 0;         // the weight that pulls towards the start weights (nn/anchor.h)
  double max_grad_norm = 1;  // 0: no clipping
  Precision precision = Precision::full;
  bool gradient_checkpointing = false;  // Kept::layer_inputs
  double mask_probability = 0.15;
  std::uint64_t seed = 42;

  // Counted in updates. transformers logs and evaluates every 500 updates, which for a page of text is never; unless
  // told otherwise a run logs twenty times, at most every 500 updates, and evaluates as often as it logs.
  std::optional<Index> logging_steps;
  Every evaluate = Every::steps;  // besides before and after, unless there is nothing to evaluate
  std::optional<Index> eval_steps;
  Every save = Every::steps;
  Index save_steps = 500;                        // a checkpoint each; 0: none
  std::optional<Index> save_total_limit;         // how many checkpoints stay
  std::optional<Index> early_stopping_patience;  // evaluations without a better one before the run ends
  bool load_best = false;                        // end with the weights of the best evaluation
  std::string best_metric = "loss";              // which one is best: by "loss", "perplexity" or a metric
  std::optional<bool> greater_is_better;         // unset: of everything but loss, perplexity and mse

  Kept kept() const { return gradient_checkpointing ? Kept::layer_inputs : Kept::activations; }
};

// What follows from the arguments and the number of batches of an epoch. An update reads a group of them; the last
// group of an epoch may be smaller. Error for a count that must be at least 1 and is not.
struct Plan {
  Plan(const TrainingArguments& arguments, Index batches_per_epoch);

  Index batches_per_epoch, updates_per_epoch, total_steps, warmup_steps, logging_steps;
  Index eval_steps;  // total_steps: only after the last update
  Index save_steps;  // 0: none
};

}  // namespace mini_bert
