#include "bert/training/sampler.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace mini_bert {
namespace {

constexpr std::uint32_t validation_epoch = std::numeric_limits<std::uint32_t>::max();

}  // namespace

Sampler::Sampler(const std::vector<Sequence>& sequences, const Masker& masker, const TrainingArguments& arguments)
    : sequences_(sequences),
      masker_(masker),
      arguments_(arguments),
      plan_(arguments, static_cast<Index>(sequences.size())) {}

std::vector<MaskedBatch> Sampler::update(Index step) {
  const Index epoch = step / plan_.updates_per_epoch, update = step % plan_.updates_per_epoch;
  if (epoch != epoch_) {
    order_ = random_permutation(static_cast<Index>(sequences_.size()), {.seed = seed_for(arguments_.seed, "order"),
                                                                        .step = static_cast<std::uint32_t>(epoch)});
    epoch_ = epoch;
  }
  const Index first = update * arguments_.accumulation_steps;
  const Index last = std::min(first + arguments_.accumulation_steps, plan_.batches_per_epoch);
  std::vector<MaskedBatch> batches;
  for (Index b = first; b < last; ++b) {
    const Index begin = b * arguments_.batch_size;
    const Index end = std::min(begin + arguments_.batch_size, static_cast<Index>(order_.size()));
    batches.push_back(batch(std::span(order_).subspan(begin, end - begin), static_cast<std::uint32_t>(epoch)));
  }
  return batches;
}

std::vector<MaskedBatch> Sampler::fixed_batches() const {
  std::vector<Index> order(sequences_.size());
  std::iota(order.begin(), order.end(), Index{0});
  std::vector<MaskedBatch> batches;
  for (std::size_t begin = 0; begin < order.size(); begin += static_cast<std::size_t>(arguments_.batch_size)) {
    const std::size_t count = std::min(static_cast<std::size_t>(arguments_.batch_size), order.size() - begin);
    batches.push_back(batch(std::span(order).subspan(begin, count), validation_epoch));
  }
  return batches;
}

MaskedBatch Sampler::batch(std::span<const Index> members, std::uint32_t epoch) const {
  std::vector<Sequence> sequences;
  std::vector<RandomKey> keys;
  for (const Index i : members) {
    sequences.push_back(sequences_[i]);
    keys.push_back(
        {.seed = seed_for(arguments_.seed, "masks"), .step = epoch, .stream = static_cast<std::uint32_t>(i)});
  }
  return masker_.mask(std::move(sequences), keys);
}

}  // namespace mini_bert
