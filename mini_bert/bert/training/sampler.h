#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "mini_bert/bert/training/arguments.h"

namespace mini_bert {

// Where a list of examples is cut into batches, given how many tokens each has: after every batch_size of them or, with
// batch_tokens, when the next one would be too much (cut_by_tokens in bert/data/batches.h says what is returned).
// Error when an example alone is too much; `which` tells it what they are.
std::vector<Index> cut_into_batches(std::span<const Index> lengths, const TrainingArguments& arguments,
                                    const char* which);

// Which examples an update reads: a pure function of (seed, s) for update number s, so that nothing but s has to be
// kept to resume a run exactly. With batches of batch_size, epoch e cuts an order of the examples that is drawn from
// (seed, e). With batch_tokens that would make another number of batches in every epoch; the batches are therefore made
// once, of an order drawn from the seed, and epoch e reads them in an order that is drawn from (seed, e).
class Sampler {
 public:
  // `lengths`: the tokens of each example (Objective::lengths).
  Sampler(std::span<const Index> lengths, const TrainingArguments& arguments);

  const Plan& plan() const { return plan_; }

  struct Update {
    std::uint32_t epoch;
    std::vector<std::vector<Index>> batches;  // whose gradients make up one update
  };
  Update update(Index step);

 private:
  void begin(Index epoch);

  Index accumulation_steps_;
  std::uint64_t seed_;
  bool batches_stay_;
  std::vector<Index> examples_;  // in the order that is cut
  std::vector<Index> offsets_;   // batch b is examples_[o_b] … examples_[o_{b+1}−1]
  std::vector<Index> order_;     // of the batches
  Plan plan_;
  Index epoch_ = -1;  // whose order it is
};

}  // namespace mini_bert
