#include "mini_bert/bert/training/sampler.h"

#include <algorithm>
#include <numeric>

#include "mini_bert/base/argument_error.h"
#include "mini_bert/bert/data/batches.h"
#include "mini_bert/tensor/random.h"

namespace mini_bert {
namespace {

// The order from which batches of batch_tokens are cut. Batches of batch_size are cut from a new order in every epoch.
std::vector<Index> first_order(std::size_t examples, const TrainingArguments& arguments) {
  const auto n = static_cast<Index>(examples);
  if (arguments.batch_tokens) return random_permutation(n, {.seed = seed_for(arguments.seed, "batches")});
  std::vector<Index> order(examples);
  std::iota(order.begin(), order.end(), Index{0});
  return order;
}

std::vector<Index> in_order(std::span<const Index> lengths, const std::vector<Index>& order) {
  std::vector<Index> ordered;
  for (const Index i : order) ordered.push_back(lengths[static_cast<std::size_t>(i)]);
  return ordered;
}

}  // namespace

std::vector<Index> cut_into_batches(std::span<const Index> lengths, const TrainingArguments& arguments,
                                    const char* which) {
  if (arguments.batch_tokens) {
    const Index longest = lengths.empty() ? 0 : std::ranges::max(lengths);
    require_argument(longest <= *arguments.batch_tokens, "batch_tokens",
                     "{}: the longest {} sample has {} tokens; expected at least {}, or a lower `max_length`",
                     *arguments.batch_tokens, which, longest, longest);
    return cut_by_tokens(lengths, *arguments.batch_tokens);
  }
  require_argument(arguments.batch_size >= 1, "batch_size", "is {}; expected at least 1", arguments.batch_size);
  const auto size = static_cast<Index>(lengths.size());
  std::vector<Index> offsets = {0};
  while (offsets.back() < size) offsets.push_back(std::min(offsets.back() + arguments.batch_size, size));
  return offsets;
}

Sampler::Sampler(std::span<const Index> lengths, const TrainingArguments& arguments)
    : accumulation_steps_(arguments.accumulation_steps),
      seed_(seed_for(arguments.seed, "order")),
      batches_stay_(arguments.batch_tokens.has_value()),
      examples_(first_order(lengths.size(), arguments)),
      offsets_(cut_into_batches(in_order(lengths, examples_), arguments, "training")),
      order_(offsets_.size() - 1),
      plan_(arguments, static_cast<Index>(order_.size())) {
  std::iota(order_.begin(), order_.end(), Index{0});
}

void Sampler::begin(Index epoch) {
  std::vector<Index>& drawn = batches_stay_ ? order_ : examples_;
  drawn =
      random_permutation(static_cast<Index>(drawn.size()), {.seed = seed_, .step = static_cast<std::uint32_t>(epoch)});
  epoch_ = epoch;
}

Sampler::Update Sampler::update(Index step) {
  const Index epoch = step / plan_.updates_per_epoch, update = step % plan_.updates_per_epoch;
  if (epoch != epoch_) begin(epoch);
  const Index first = update * accumulation_steps_;
  const Index last = std::min(first + accumulation_steps_, plan_.batches_per_epoch);
  Update result{.epoch = static_cast<std::uint32_t>(epoch), .batches = {}};
  for (Index i = first; i < last; ++i) {
    const auto b = static_cast<std::size_t>(order_[static_cast<std::size_t>(i)]);
    result.batches.emplace_back(examples_.begin() + offsets_[b], examples_.begin() + offsets_[b + 1]);
  }
  return result;
}

}  // namespace mini_bert
