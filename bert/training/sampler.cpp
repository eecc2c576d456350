#include "bert/training/sampler.h"

#include <algorithm>

#include "tensor/random.h"

namespace mini_bert {

Sampler::Sampler(Index examples, const TrainingArguments& arguments)
    : examples_(examples),
      batch_size_(arguments.batch_size),
      accumulation_steps_(arguments.accumulation_steps),
      seed_(seed_for(arguments.seed, "order")),
      plan_(arguments, examples) {}

Sampler::Update Sampler::update(Index step) {
  const Index epoch = step / plan_.updates_per_epoch, update = step % plan_.updates_per_epoch;
  if (epoch != epoch_) {
    order_ = random_permutation(examples_, {.seed = seed_, .step = static_cast<std::uint32_t>(epoch)});
    epoch_ = epoch;
  }
  const Index first = update * accumulation_steps_;
  const Index last = std::min(first + accumulation_steps_, plan_.batches_per_epoch);
  Update result{.epoch = static_cast<std::uint32_t>(epoch), .batches = {}};
  for (Index b = first; b < last; ++b) {
    const Index begin = b * batch_size_, end = std::min(begin + batch_size_, examples_);
    result.batches.emplace_back(order_.begin() + begin, order_.begin() + end);
  }
  return result;
}

}  // namespace mini_bert
