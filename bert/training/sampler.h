#pragma once

#include <cstdint>
#include <vector>

#include "bert/data/dataset.h"
#include "bert/data/masking.h"
#include "bert/training/arguments.h"

namespace mini_bert {

// Turns texts into masked batches. What update number s reads is a pure function of (seed, s): the order of epoch e is
// a permutation drawn from (seed, e), and the masks of text i in epoch e are drawn from (seed, e, i). So nothing but s
// has to be kept to resume a run exactly.
class Sampler {
 public:
  Sampler(const std::vector<Sequence>& sequences, const Masker& masker, const TrainingArguments& arguments);

  // The batches whose gradients make up one update.
  std::vector<MaskedBatch> update(Index step);

  // All texts in their order under masks that depend on the seed alone: validation data.
  std::vector<MaskedBatch> fixed_batches() const;

 private:
  MaskedBatch batch(std::span<const Index> members, std::uint32_t epoch) const;

  const std::vector<Sequence>& sequences_;
  const Masker& masker_;
  const TrainingArguments& arguments_;
  Plan plan_;
  Index epoch_ = -1;          // of order_
  std::vector<Index> order_;  // of the sequences in that epoch
};

}  // namespace mini_bert
