#include "mini_bert/bert/data/masking.h"

#include "tests/bert/bert_testing.h"
#include "tests/catch.h"

using namespace mini_bert;
using Ids = std::vector<std::int32_t>;

namespace {

std::vector<RandomKey> keys(std::size_t count, std::uint64_t seed = 1) {
  std::vector<RandomKey> keys;
  for (std::size_t i = 0; i < count; ++i) keys.push_back({.seed = seed, .stream = static_cast<std::uint32_t>(i)});
  return keys;
}

std::vector<Sequence> random_sequences(std::size_t count, Index length) {
  std::vector<Sequence> sequences;
  for (std::size_t i = 0; i < count; ++i) sequences.push_back(test::random_sequence(length, 1000 + i));
  return sequences;
}

// The share of `count` in `total` lies within four standard deviations of p.
void check_share(Index count, Index total, double p) {
  const double n = static_cast<double>(total), share = static_cast<double>(count) / n;
  INFO(count << " of " << total << " is " << share << ", expected " << p);
  CHECK(std::abs(share - p) < 4 * std::sqrt(p * (1 - p) / n));
}

}  // namespace

TEST_CASE("masking: 15 % are chosen; of these 80 % are masked, 10 % random, 10 % kept") {
  const Tokenizer tokenizer = test::tiny_tokenizer();
  const std::vector<Sequence> sequences = random_sequences(2000, 102);
  const MaskedBatch batch = Masker(tokenizer, 0.15).mask(sequences, keys(2000));
  const Ids ids = test::ids_of(batch.tokens.ids), rows = test::ids_of(batch.masked_rows);
  const Ids labels = test::ids_of(batch.labels);
  check_share(batch.masked(), 2000 * 100, 0.15);

  Index masked = 0, kept = 0;
  std::vector<Index> drawn(23);
  for (std::size_t m = 0; m < rows.size(); ++m) {
    const std::int32_t id = ids[static_cast<std::size_t>(rows[m])];
    masked += id == tokenizer.mask_id();
    kept += id == labels[m];
    if (id != tokenizer.mask_id() && id != labels[m]) ++drawn[static_cast<std::size_t>(id)];
  }
  // A random token is now and then [MASK], or the token that was there.
  check_share(masked, batch.masked(), 0.8 + 0.1 / 23);
  check_share(kept, batch.masked(), 0.1 + 0.1 / 23);
  for (std::size_t id = 0; id < drawn.size(); ++id) {
    if (id == 4) continue;  // counted as masked
    // Special tokens are always another token than the label, a letter or ending is in 17 of 18 cases.
    check_share(drawn[id], batch.masked(), 0.1 / 23 * (id < 5 ? 1 : 17.0 / 18));
  }
}

TEST_CASE("masking: every place of a sentence is chosen equally often") {
  const Tokenizer tokenizer = test::tiny_tokenizer();
  const MaskedBatch batch = Masker(tokenizer, 0.15).mask(random_sequences(20000, 12), keys(20000));
  std::vector<Index> chosen(12);
  for (const std::int32_t row : test::ids_of(batch.masked_rows)) ++chosen[static_cast<std::size_t>(row % 12)];
  CHECK(chosen.front() == 0);
  CHECK(chosen.back() == 0);
  // The dice leave all ten alone once in 0.85¹⁰; then one of the ten is chosen all the same.
  for (std::size_t i = 1; i < 11; ++i) check_share(chosen[i], 20000, 0.15 + std::pow(0.85, 10) / 10);
}

TEST_CASE("masking: special tokens are never chosen, nothing but the chosen changes") {
  const Tokenizer tokenizer = test::tiny_tokenizer();
  std::vector<Sequence> sequences = random_sequences(300, 20);
  for (std::size_t s = 0; s < sequences.size(); ++s) sequences[s].ids[1 + s % 18] = static_cast<std::int32_t>(s % 5);
  const PackedSequences before = pack(sequences);
  const Ids original = test::ids_of(before.ids);
  const MaskedBatch batch = Masker(tokenizer, 0.5).mask(sequences, keys(300));
  const Ids ids = test::ids_of(batch.tokens.ids), rows = test::ids_of(batch.masked_rows);
  const Ids labels = test::ids_of(batch.labels);
  CHECK(std::ranges::adjacent_find(rows, std::greater_equal{}) == rows.end());
  Ids restored = ids;
  for (std::size_t m = 0; m < rows.size(); ++m) {
    REQUIRE_FALSE(tokenizer.is_special(labels[m]));
    restored[static_cast<std::size_t>(rows[m])] = labels[m];
  }
  CHECK(restored == original);  // labels are what stood in these rows, other rows are untouched
  CHECK(test::ids_of(batch.tokens.positions) == test::ids_of(before.positions));
  CHECK(test::ids_of(batch.tokens.type_ids) == test::ids_of(before.type_ids));
}

TEST_CASE("masking: at least one token of every sentence is chosen, if there is one to choose") {
  const Tokenizer tokenizer = test::tiny_tokenizer();
  const MaskedBatch batch = Masker(tokenizer, 0.001).mask(random_sequences(500, 5), keys(500));
  std::vector<Index> chosen(500);
  for (const std::int32_t row : test::ids_of(batch.masked_rows)) ++chosen[static_cast<std::size_t>(row / 5)];
  CHECK(std::ranges::count(chosen, 0) == 0);
  CHECK(std::ranges::count(chosen, 1) > 490);

  const Sequence nothing_to_learn = {{2, 1, 1, 3}, {0, 0, 0, 0}};
  CHECK(Masker(tokenizer, 0.15).mask({nothing_to_learn}, keys(1)).masked() == 0);
}

TEST_CASE("masking: probability 1 chooses every ordinary token") {
  const Tokenizer tokenizer = test::tiny_tokenizer();
  CHECK(Masker(tokenizer, 1).mask(random_sequences(3, 10), keys(3)).masked() == 3 * 8);
}

TEST_CASE("masking: the masks of a sentence depend on its key alone, not on the batch") {
  const Tokenizer tokenizer = test::tiny_tokenizer();
  const Masker masker(tokenizer, 0.3);
  const std::vector<Sequence> sequences = {test::random_sequence(14, 1), test::random_sequence(9, 2),
                                           test::random_sequence(30, 3)};
  const std::vector<RandomKey> own = keys(3);
  const MaskedBatch together = masker.mask(sequences, own);
  std::int32_t begin = 0;
  std::vector<std::int32_t> ids, rows, labels;
  for (std::size_t s = 0; s < 3; ++s) {
    const MaskedBatch alone = masker.mask({sequences[s]}, std::span(&own[s], 1));
    for (const std::int32_t id : test::ids_of(alone.tokens.ids)) ids.push_back(id);
    for (const std::int32_t row : test::ids_of(alone.masked_rows)) rows.push_back(begin + row);
    for (const std::int32_t label : test::ids_of(alone.labels)) labels.push_back(label);
    begin += static_cast<std::int32_t>(sequences[s].ids.size());
  }
  CHECK(test::ids_of(together.tokens.ids) == ids);
  CHECK(test::ids_of(together.masked_rows) == rows);
  CHECK(test::ids_of(together.labels) == labels);
}

TEST_CASE("masking: another seed, epoch or sentence number gives other masks") {
  const Tokenizer tokenizer = test::tiny_tokenizer();
  const Masker masker(tokenizer, 0.15);
  const Sequence sequence = test::random_sequence(200, 1);
  const auto rows_with = [&](const RandomKey& key) {
    return test::ids_of(masker.mask({sequence}, std::span(&key, 1)).masked_rows);
  };
  const Ids rows = rows_with({.seed = 1, .step = 2, .stream = 3});
  CHECK(rows == rows_with({.seed = 1, .step = 2, .stream = 3}));
  CHECK(rows != rows_with({.seed = 2, .step = 2, .stream = 3}));
  CHECK(rows != rows_with({.seed = 1, .step = 3, .stream = 3}));
  CHECK(rows != rows_with({.seed = 1, .step = 2, .stream = 4}));
  const std::vector<RandomKey> counted = {{.seed = 1, .step = 2, .stream = 0}, {.seed = 1, .step = 2, .stream = 1}};
  CHECK(test::ids_of(masker.mask({sequence, sequence}, 1, 2).masked_rows) ==
        test::ids_of(masker.mask({sequence, sequence}, counted).masked_rows));
}
