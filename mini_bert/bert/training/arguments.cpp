#include "mini_bert/bert/training/arguments.h"

#include <algorithm>
#include <cmath>

#include "mini_bert/base/argument_error.h"
#include "mini_bert/tensor/divide_up.h"

namespace mini_bert {
namespace {

// A number of updates, rounded up. Error when it is none, or more than a run can make: it may come from a file.
Index whole_updates(double updates, const char* argument) {
  constexpr double most = 1e12;
  require_argument(updates >= 0 && updates <= most, argument, "gives {} updates; expected 0 to {}", updates, most);
  return static_cast<Index>(std::ceil(updates));
}

}  // namespace

Plan::Plan(const TrainingArguments& arguments, Index batches) : batches_per_epoch(batches) {
  require(batches > 0, "there is nothing to train on");
  const auto at_least_one = [](const char* name, Index value) {
    require_argument(value >= 1, name, "is {}; expected at least 1", value);
  };
  at_least_one("accumulation_steps", arguments.accumulation_steps);
  at_least_one("early_stopping_patience", arguments.early_stopping_patience.value_or(1));
  updates_per_epoch = divide_up(batches_per_epoch, arguments.accumulation_steps);
  total_steps = arguments.max_steps
                    ? *arguments.max_steps
                    : whole_updates(arguments.epochs * static_cast<double>(updates_per_epoch), "epochs");
  warmup_steps = arguments.warmup_steps
                     ? *arguments.warmup_steps
                     : whole_updates(arguments.warmup_ratio * static_cast<double>(total_steps), "warmup_ratio");
  const auto interval = [&](Every every, Index steps, Index never) {
    return every == Every::steps ? steps : every == Every::epoch ? updates_per_epoch : never;
  };
  const auto share_or = [&](std::optional<double> share, Index steps) {
    return share ? whole_updates(*share * static_cast<double>(total_steps), "share") : steps;
  };
  const Index often = std::clamp(total_steps / 20, Index{1}, Index{500});
  logging_steps = share_or(arguments.logging_share, arguments.logging_steps.value_or(often));
  logging_steps = interval(arguments.log, logging_steps, total_steps);
  eval_steps = share_or(arguments.eval_share, arguments.eval_steps.value_or(logging_steps));
  eval_steps = interval(arguments.evaluate, eval_steps, total_steps);
  save_steps = interval(arguments.save, share_or(arguments.save_share, arguments.save_steps), 0);
  at_least_one("logging_steps", logging_steps);
  at_least_one("eval_steps", eval_steps);
}

}  // namespace mini_bert
