#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "mini_bert/bert/training/arguments.h"

namespace mini_bert {

// Cuts a list of examples with the given numbers of tokens into batches. A batch ends after batch_size examples or,
// with batch_tokens, when the next example would exceed that limit. Returns offsets as cut_by_tokens() does
// (bert/data/batches.h). Error when a single example exceeds batch_tokens; `which` names the kind of examples in the
// message.
std::vector<Index> cut_into_batches(std::span<const Index> lengths, const TrainingArguments& arguments,
                                    const char* which);

// Chooses the examples of each update as a pure function of the seed and the update's number s, so s alone is enough to
// resume a run exactly. With batch_size, every epoch e shuffles the examples with (seed, e) and cuts the result into
// batches. With batch_tokens, that would give a different number of batches in every epoch. So the batches are made
// once, from an order drawn from the seed, and epoch e only shuffles the batches with (seed, e).
class Sampler {
 public:
  // `lengths`: the tokens of each example (Objective::lengths).
  Sampler(std::span<const Index> lengths, const TrainingArguments& arguments);

  const Plan& plan() const { return plan_; }

  struct Update {
    std::uint32_t epoch;
    std::vector<std::vector<Index>> batches;  // their gradients add up to one update
  };
  Update update(Index step);

 private:
  void begin(Index epoch);

  Index accumulation_steps_;
  std::uint64_t seed_;
  bool batches_stay_;
  std::vector<Index> examples_;  // shuffled; this order is cut into batches
  std::vector<Index> offsets_;   // batch b is examples_[o_b] … examples_[o_{b+1}−1]
  std::vector<Index> order_;     // the order in which the epoch reads the batches
  Plan plan_;
  Index epoch_ = -1;  // the epoch whose order is held
};

}  // namespace mini_bert
