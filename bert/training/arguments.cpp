#include "bert/training/arguments.h"

#include <algorithm>
#include <cmath>

namespace mini_bert {
namespace {

Index ceil_div(Index a, Index b) {
  return (a + b - 1) / b;
}

}  // namespace

Plan::Plan(const TrainingArguments& arguments, Index sequences) {
  require(sequences > 0, "there is nothing to train on");
  batches_per_epoch = ceil_div(sequences, arguments.batch_size);
  updates_per_epoch = ceil_div(batches_per_epoch, arguments.accumulation_steps);
  total_steps = arguments.max_steps.value_or(
      static_cast<Index>(std::ceil(arguments.epochs * static_cast<double>(updates_per_epoch))));
  warmup_steps = arguments.warmup_steps.value_or(
      static_cast<Index>(std::ceil(arguments.warmup_ratio * static_cast<double>(total_steps))));
  logging_steps = arguments.logging_steps.value_or(std::clamp(total_steps / 20, Index{1}, Index{500}));
  eval_steps = arguments.eval_steps.value_or(logging_steps);
}

}  // namespace mini_bert
