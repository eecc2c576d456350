#include "apps/train/memory_check.h"

#include <fmt/ranges.h>

#include <optional>

#include "apps/train/read_inputs.h"
#include "mini_bert/base/file_error.h"
#include "mini_bert/bert/training/memory.h"
#include "mini_bert/tensor/allocator.h"

namespace mini_bert {
namespace {

// Changes of a run, as options and as the flags that a person types.
struct Changed {
  TrainOptions options;
  std::vector<std::string> flags = {};

  std::string text() const { return fmt::format("{}", fmt::join(flags, " ")); }
};

// Nothing when the run needs more than there are addresses for.
std::optional<std::size_t> planned(const TrainingInputs& inputs, const TrainingArguments& arguments) {
  try {
    return planned_training_bytes(*inputs.objective, *inputs.tokenizer, arguments);
  } catch (const OutOfMemoryError&) {
    return std::nullopt;
  }
}

Changed with_checkpointing(Changed run) {
  run.options.training.gradient_checkpointing = true;
  run.flags.emplace_back("--gradient-checkpointing");
  return run;
}

Changed with_bf16(Changed run) {
  run.options.training.precision = Precision::mixed;
  run.flags.emplace_back("--precision bf16");
  return run;
}

// A batch of 1/parts of the size. If that leaves no rest, as many batches make an update as before.
Changed with_smaller_batch(Changed run, Index parts) {
  TrainingArguments& training = run.options.training;
  Index& size = training.batch_tokens ? *training.batch_tokens : training.batch_size;
  const bool same_update = !training.batch_tokens && size % parts == 0;
  size /= parts;
  run.flags.push_back(fmt::format("{} {}", training.batch_tokens ? "--batch-tokens" : "--batch-size", size));
  if (same_update) {
    training.accumulation_steps *= parts;
    run.flags.push_back(fmt::format("--gradient-accumulation-steps {}", training.accumulation_steps));
  }
  return run;
}

// The smallest batch that texts of this length allow.
Changed with_shorter_texts(Changed run, Index length) {
  TrainingArguments& training = run.options.training;
  run.options.max_length = length;
  run.flags.push_back(fmt::format("--max-length {}", length));
  if (training.batch_tokens) {
    training.batch_tokens = length;
    run.flags.push_back(fmt::format("--batch-tokens {}", length));
  }
  return run;
}

// Looks for changes with which a run fits into `available` bytes.
class Search {
 public:
  Search(const TrainOptions& options, const TrainingInputs& inputs, std::size_t available)
      : inputs_(inputs), available_(available), run_{options} {}

  // What a person may choose from; empty when nothing fits.
  std::vector<std::string> choices() const {
    const TrainingArguments& training = run_.options.training;
    std::vector<std::string> found;
    const auto add = [&](const std::optional<Changed>& run) {
      if (run) found.push_back(run->text());
    };
    Changed least = run_;
    if (!training.gradient_checkpointing) {
      add(if_it_fits(with_checkpointing(run_)));
      least = with_checkpointing(least);
    }
    // A resumed run keeps its numbers, and these would change them.
    if (run_.options.resume) return found;
    if (training.precision == Precision::full) {
      add(if_it_fits(with_bf16(run_)));
      least = with_bf16(least);
    }
    add(largest_batch(run_));
    if (found.empty()) add(if_it_fits(least));
    if (found.empty()) add(largest_batch(least));
    if (!training.batch_tokens && training.batch_size > 1) least = with_smaller_batch(least, training.batch_size);
    if (found.empty()) add(longest_texts(least));
    return found;
  }

 private:
  // The data are the same and so are their batches.
  std::optional<Changed> if_it_fits(Changed run) const {
    const auto bytes = planned(inputs_, run.options.training);
    if (!bytes || *bytes > available_) return std::nullopt;
    return run;
  }

  // Reads the data again, because the objective cuts the validation texts into batches. Nothing where an argument does
  // not go with the others: a batch of fewer tokens than one text has.
  std::optional<Changed> if_it_fits_read_again(Changed run) const {
    try {
      const TrainingInputs inputs = read_inputs(run.options);
      const auto bytes = planned(inputs, run.options.training);
      if (!bytes || *bytes > available_) return std::nullopt;
      return run;
    } catch (const Error&) {
      return std::nullopt;
    }
  }

  std::optional<Changed> largest_batch(const Changed& run) const {
    const TrainingArguments& training = run.options.training;
    const Index size = training.batch_tokens.value_or(training.batch_size);
    for (Index parts = 2; parts <= size; parts *= 2) {
      if (auto found = if_it_fits_read_again(with_smaller_batch(run, parts))) return found;
    }
    return std::nullopt;
  }

  std::optional<Changed> longest_texts(const Changed& run) const {
    constexpr Index shortest = 16;
    Index longest = run.options.max_length;
    if (longest == 0) longest = inputs_.model->config().max_position_embeddings;
    for (Index length = longest / 2; length >= shortest; length /= 2) {
      if (auto found = if_it_fits_read_again(with_shorter_texts(run, length))) return found;
    }
    return std::nullopt;
  }

  const TrainingInputs& inputs_;
  std::size_t available_;
  Changed run_;
};

std::string advice(const std::vector<std::string>& choices) {
  if (choices.empty()) return "no smaller batch fits: take a smaller model, or a machine with more memory";
  return fmt::format("it would fit with {}", fmt::join(choices, ", or with "));
}

}  // namespace

std::size_t require_memory(const TrainOptions& options, const TrainingInputs& inputs, const SystemFolders& system) {
  const auto left = memory_left(system);
  const std::size_t resident = resident_memory().value_or(ResidentMemory{}).now;  // counted in the plan, and not left
  const auto needed = planned(inputs, options.training);
  const std::size_t available = left ? left->bytes + resident : 0;
  if (needed && (!left || *needed <= available)) return *needed;
  const std::string plan =
      needed ? format_bytes(*needed) + " of memory" : "more memory than the system gives to one process";
  require(left.has_value(), "this run needs {}; use a smaller batch or shorter texts", plan);
  fail("this run needs {}, and {} has {} for it; {}", plan, left->limit, format_bytes(available),
       advice(Search(options, inputs, available).choices()));
}

}  // namespace mini_bert
