#pragma once

#include <cstdint>
#include <vector>

#include "bert/training/arguments.h"

namespace mini_bert {

// Which examples an update reads: a pure function of (seed, s) for update number s, since the order of epoch e is a
// permutation drawn from (seed, e). So nothing but s has to be kept to resume a run exactly.
class Sampler {
 public:
  Sampler(Index examples, const TrainingArguments& arguments);

  struct Update {
    std::uint32_t epoch;
    std::vector<std::vector<Index>> batches;  // whose gradients make up one update
  };
  Update update(Index step);

 private:
  Index examples_, batch_size_, accumulation_steps_;
  std::uint64_t seed_;
  Plan plan_;
  Index epoch_ = -1;          // of order_
  std::vector<Index> order_;  // of the examples in that epoch
};

}  // namespace mini_bert
