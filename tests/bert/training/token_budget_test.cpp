// Batches that are filled up to a number of tokens.
#include <algorithm>
#include <numeric>

#include "mini_bert/bert/training/sampler.h"
#include "mini_bert/tensor/random.h"
#include "tests/catch.h"

using namespace mini_bert;

namespace {

using Numbers = std::vector<Index>;

TrainingArguments with_budget(Index tokens, std::uint64_t seed = 42) {
  TrainingArguments arguments;
  arguments.batch_tokens = tokens;
  arguments.seed = seed;
  return arguments;
}

// Of 60 texts, 3 to 20 tokens each.
Numbers some_lengths() {
  RandomSequence random({.seed = 7});
  Numbers lengths;
  for (int i = 0; i < 60; ++i) lengths.push_back(3 + random.below(18));
  return lengths;
}

// The batches of an epoch, in the order in which they are read.
std::vector<Numbers> epoch_of(Sampler& sampler, Index epoch) {
  std::vector<Numbers> batches;
  for (Index u = 0; u < sampler.plan().updates_per_epoch; ++u) {
    const Sampler::Update update = sampler.update(epoch * sampler.plan().updates_per_epoch + u);
    CHECK(update.epoch == static_cast<std::uint32_t>(epoch));
    batches.insert(batches.end(), update.batches.begin(), update.batches.end());
  }
  return batches;
}

Numbers joined(const std::vector<Numbers>& batches) {
  Numbers all;
  for (const Numbers& batch : batches) all.insert(all.end(), batch.begin(), batch.end());
  return all;
}

template <class T>
std::vector<T> sorted(std::vector<T> values) {
  std::ranges::sort(values);
  return values;
}

Numbers first_numbers(std::size_t count) {
  Numbers numbers(count);
  std::iota(numbers.begin(), numbers.end(), Index{0});
  return numbers;
}

}  // namespace

TEST_CASE("budget: an epoch reads every text once, in batches that hold as many as fit", "[budget]") {
  const Numbers lengths = some_lengths();
  const Index all = std::accumulate(lengths.begin(), lengths.end(), Index{0});
  for (const Index budget : {20, 21, 47, 100, 100000}) {
    INFO("budget " << budget);
    Sampler sampler(lengths, with_budget(budget));
    for (Index epoch = 0; epoch < 4; ++epoch) {
      const std::vector<Numbers> batches = epoch_of(sampler, epoch);
      CHECK(std::ssize(batches) == sampler.plan().batches_per_epoch);
      CHECK(sorted(joined(batches)) == first_numbers(lengths.size()));
      for (const Numbers& batch : batches) {
        Index tokens = 0;
        for (const Index i : batch) tokens += lengths[static_cast<std::size_t>(i)];
        CHECK(tokens <= budget);
      }
      // Two neighbours of the list that was cut hold more than the budget, or they would be one.
      CHECK((std::ssize(batches) / 2) * budget < all);
    }
  }
}

TEST_CASE("budget: the batches stay, their order is another one in every epoch", "[budget]") {
  Sampler sampler(some_lengths(), with_budget(50));
  const std::vector<Numbers> first = epoch_of(sampler, 0);
  CHECK(joined(first) != sorted(joined(first)));
  std::vector<std::vector<Numbers>> orders = {first};
  for (Index epoch = 1; epoch < 5; ++epoch) {
    const std::vector<Numbers> order = epoch_of(sampler, epoch);
    CHECK(sorted(order) == sorted(first));
    for (const auto& earlier : orders) CHECK(order != earlier);
    orders.push_back(order);
  }
}

TEST_CASE("budget: an update is a pure function of seed and number", "[budget]") {
  const Numbers lengths = some_lengths();
  Sampler in_turn(lengths, with_budget(50)), at_random(lengths, with_budget(50)), other(lengths, with_budget(50, 43));
  std::vector<std::vector<Numbers>> updates;
  for (Index step = 0; step < 40; ++step) updates.push_back(in_turn.update(step).batches);
  for (const Index step : {39, 0, 15, 15, 2, 38, 1, 20}) {
    CHECK(at_random.update(step).batches == updates[static_cast<std::size_t>(step)]);
  }
  CHECK(sorted(epoch_of(other, 0)) != sorted(epoch_of(in_turn, 0)));
}

TEST_CASE("budget: a batch may be exactly full; one text a batch", "[budget]") {
  const auto sizes = [](const Numbers& lengths, Index budget) {
    Sampler sampler(lengths, with_budget(budget));
    Numbers sizes;
    for (const Numbers& batch : epoch_of(sampler, 0)) sizes.push_back(std::ssize(batch));
    return sorted(sizes);
  };
  CHECK(sizes(Numbers(9, 8), 24) == Numbers{3, 3, 3});
  CHECK(sizes(Numbers(9, 8), 23) == Numbers{1, 2, 2, 2, 2});
  CHECK(sizes(Numbers(5, 8), 15) == Numbers{1, 1, 1, 1, 1});
  CHECK(sizes(Numbers(5, 8), 8) == Numbers{1, 1, 1, 1, 1});
  CHECK(sizes({8}, 1000) == Numbers{1});
}

TEST_CASE("budget: an update reads a group of batches, the last of an epoch perhaps fewer", "[budget]") {
  TrainingArguments arguments = with_budget(16);
  arguments.accumulation_steps = 3;
  arguments.epochs = 2;
  Sampler sampler(Numbers(14, 8), arguments);  // seven batches of two
  CHECK(sampler.plan().batches_per_epoch == 7);
  CHECK(sampler.plan().updates_per_epoch == 3);
  CHECK(sampler.plan().total_steps == 6);
  CHECK(sampler.update(0).batches.size() == 3);
  CHECK(sampler.update(2).batches.size() == 1);
  CHECK(sampler.update(3).batches.size() == 3);
  CHECK(sorted(joined(epoch_of(sampler, 1))) == first_numbers(14));
}

TEST_CASE("budget: a text that does not fit, and no text at all, are Errors", "[budget]") {
  CHECK_NOTHROW(Sampler(Numbers{3, 20, 5}, with_budget(20)));
  CHECK_THROWS_WITH(Sampler(Numbers{3, 20, 5}, with_budget(19)),
                    "`batch_tokens` 19: the longest training sample has 20 tokens; expected at least 20, or a "
                    "lower `max_length`");
  CHECK_THROWS_WITH(Sampler(Numbers{}, with_budget(20)), ContainsSubstring("nothing to train on"));
}
