#include "mini_bert/bert/training/sampler.h"

#include "mini_bert/bert/training/masked_lm_objective.h"
#include "tests/bert/bert_testing.h"
#include "tests/catch.h"

using namespace mini_bert;
using Ids = std::vector<std::int32_t>;

namespace {

// The sampler and the objective that makes its batches.
class Reader {
 public:
  Reader(const MaskedLmObjective& objective, const TrainingArguments& arguments)
      : objective_(objective), sampler_(objective.lengths(), arguments) {}

  std::vector<MaskedBatch> update(Index step) {
    const Sampler::Update update = sampler_.update(step);
    std::vector<MaskedBatch> batches;
    for (const auto& examples : update.batches) batches.push_back(objective_.masked(examples, update.epoch));
    return batches;
  }
  const std::vector<MaskedBatch>& fixed_batches() const { return objective_.validation_batches(); }

 private:
  const MaskedLmObjective& objective_;
  Sampler sampler_;
};

// Eleven texts in batches of two, two batches an update: three updates an epoch, the last with two texts and one. The
// same texts are validation data.
struct Fixture {
  explicit Fixture(std::int32_t texts = 11, std::uint64_t seed = 42) {
    for (std::int32_t i = 0; i < texts; ++i) {
      // The types tell which text it is, masked or not.
      data.train.sequences.push_back({test::random_sequence(12, static_cast<std::uint64_t>(i)).ids, Ids(12, i)});
    }
    data.validation = data.train;
    arguments.batch_size = 2;
    arguments.accumulation_steps = 2;
    arguments.seed = seed;
    objective.emplace(model, tokenizer, arguments, data);
  }
  Reader sampler() const { return Reader(*objective, arguments); }

  Tokenizer tokenizer = test::tiny_tokenizer();
  BertForMaskedLM model{test::tiny_config()};
  TrainingArguments arguments;
  TrainingData data;
  std::optional<MaskedLmObjective> objective;
};

Ids texts_of(const std::vector<MaskedBatch>& batches) {
  Ids texts;
  for (const MaskedBatch& batch : batches) {
    for (Index b = 0; b < batch.tokens.offsets.count(); ++b) {
      texts.push_back(batch.tokens.type_ids.data<std::int32_t>()[batch.tokens.offsets.begin(b)]);
    }
  }
  return texts;
}

// Everything a batch holds, for comparison.
std::vector<Ids> content_of(const std::vector<MaskedBatch>& batches) {
  std::vector<Ids> content;
  for (const MaskedBatch& batch : batches) {
    for (const Tensor& x :
         {batch.tokens.ids, batch.tokens.type_ids, batch.tokens.positions, batch.masked_rows, batch.labels}) {
      content.push_back(test::ids_of(x));
    }
  }
  return content;
}

std::vector<std::vector<Ids>> first_updates(Reader sampler, Index count) {
  std::vector<std::vector<Ids>> updates;
  for (Index step = 0; step < count; ++step) updates.push_back(content_of(sampler.update(step)));
  return updates;
}

}  // namespace

TEST_CASE("sampler: an epoch reads every text once, every epoch in another order") {
  const Fixture fixture;
  Reader sampler = fixture.sampler();
  std::vector<Ids> orders;
  for (Index epoch = 0; epoch < 4; ++epoch) {
    Ids order;
    for (Index update = 0; update < 3; ++update) {
      const auto batches = sampler.update(3 * epoch + update);
      CHECK(batches.size() == 2);
      CHECK(batches.back().tokens.offsets.count() == (update == 2 ? 1 : 2));
      for (const std::int32_t text : texts_of(batches)) order.push_back(text);
    }
    Ids sorted = order;
    std::ranges::sort(sorted);
    CHECK(sorted == Ids{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
    CHECK(order != sorted);
    for (const Ids& earlier : orders) CHECK(order != earlier);
    orders.push_back(order);
  }
}

TEST_CASE("sampler: the last group of an epoch may hold fewer batches") {
  Fixture fixture;
  fixture.arguments.batch_size = 3;
  fixture.arguments.accumulation_steps = 3;
  Reader sampler = fixture.sampler();
  CHECK(texts_of(sampler.update(0)).size() == 9);
  CHECK(sampler.update(1).size() == 1);
  CHECK(texts_of(sampler.update(1)).size() == 2);
  CHECK(texts_of(sampler.update(2)).size() == 9);
}

TEST_CASE("sampler: an update is a pure function of its number") {
  const Fixture fixture;
  const auto updates = first_updates(fixture.sampler(), 12);
  Reader random_access = fixture.sampler();
  for (const Index step : {11, 0, 5, 5, 2, 3, 10, 1}) {
    INFO("step " << step);
    CHECK(content_of(random_access.update(step)) == updates[static_cast<std::size_t>(step)]);
  }
  Reader fresh = fixture.sampler();
  CHECK(content_of(fresh.update(7)) == updates[7]);
}

TEST_CASE("sampler: another seed gives another order and other masks") {
  const Fixture fixture, other(11, 43);
  CHECK(first_updates(other.sampler(), 3) != first_updates(fixture.sampler(), 3));
  CHECK(content_of(other.sampler().fixed_batches()) != content_of(fixture.sampler().fixed_batches()));
}

TEST_CASE("sampler: a text has the same masks in any batch of an epoch, others in the next epoch") {
  const Fixture fixture(1);
  Reader alone = fixture.sampler();
  const auto epoch_0 = content_of(alone.update(0)), epoch_1 = content_of(alone.update(1));
  CHECK(epoch_0 != epoch_1);

  const Fixture whole;
  Reader sampler = whole.sampler();
  for (Index step = 0; step < 3; ++step) {
    for (const MaskedBatch& batch : sampler.update(step)) {
      const Ids texts = texts_of({batch});
      const auto found = std::ranges::find(texts, 0);
      if (found == texts.end()) continue;
      const Index sentence = found - texts.begin();
      const Ids ids = test::ids_of(batch.tokens.ids);
      CHECK(Ids(ids.begin() + 12 * sentence, ids.begin() + 12 * (sentence + 1)) == epoch_0[0]);
    }
  }
}

TEST_CASE("sampler: validation reads all texts in order, under masks that never change and are not those of training") {
  const Fixture fixture;
  Reader sampler = fixture.sampler();
  const auto fixed = sampler.fixed_batches();
  CHECK(texts_of(fixed) == Ids{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  CHECK(fixed.size() == 6);
  for (Index step = 0; step < 5; ++step) sampler.update(step);
  CHECK(content_of(sampler.fixed_batches()) == content_of(fixed));
  CHECK(content_of(fixture.sampler().fixed_batches()) == content_of(fixed));

  const Fixture single(1);
  Reader training = single.sampler();
  CHECK(content_of(training.update(0)) != content_of(training.fixed_batches()));
}

TEST_CASE("sampler: without a budget epoch e reads the permutation of (seed, e), cut after every batch_size texts") {
  TrainingArguments arguments;
  arguments.batch_size = 4;
  Sampler sampler(std::vector<Index>(11, 9), arguments);
  for (Index step = 0; step < 9; ++step) {
    const auto epoch = static_cast<std::uint32_t>(step / 3);
    const std::vector<Index> order = random_permutation(11, {.seed = seed_for(42, "order"), .step = epoch});
    const auto begin = order.begin() + step % 3 * 4, end = std::min(begin + 4, order.end());
    CHECK(sampler.update(step).batches == std::vector<std::vector<Index>>{{begin, end}});
  }
}

TEST_CASE("budget: validation of masked words keeps it too, in order", "[budget]") {
  Fixture fixture;  // texts of 12 tokens
  fixture.arguments.batch_tokens = 40;
  fixture.objective.emplace(fixture.model, fixture.tokenizer, fixture.arguments, fixture.data);
  const std::vector<MaskedBatch>& batches = fixture.objective->validation_batches();
  REQUIRE(batches.size() == 4);
  CHECK(batches[0].tokens.ids.size() == 36);
  CHECK(batches[3].tokens.ids.size() == 24);
  CHECK(texts_of(batches) == Ids{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  fixture.arguments.batch_tokens = 11;
  CHECK_THROWS_WITH(MaskedLmObjective(fixture.model, fixture.tokenizer, fixture.arguments, fixture.data),
                    ContainsSubstring("`batch_tokens` 11: the longest validation sample has 12 tokens"));
}
