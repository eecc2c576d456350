// What is chosen together and what in any case; tokens one by one are in masking_test.cpp.
#include <cmath>
#include <set>

#include "mini_bert/bert/data/masking.h"
#include "tests/bert/bert_testing.h"
#include "tests/bert/data/chinese_testing.h"
#include "tests/catch.h"

using namespace mini_bert;
using namespace mini_bert::test;
using Rows = std::vector<std::int32_t>;

namespace masking_words_test {

const Tokenizer& tokenizer() {
  static const Tokenizer tokenizer = chinese_tokenizer();
  return tokenizer;
}

WordList words(const std::vector<std::string>& texts) {
  return make_word_list(texts, tokenizer()).words;
}

Rows chosen(const Masker& masker, const Sequence& sequence, std::uint32_t number) {
  const RandomKey key{.seed = 7, .stream = number};
  return ids_of(masker.mask({sequence}, std::span(&key, 1)).masked_rows);
}

bool has(const Rows& rows, std::int32_t row) {
  return std::ranges::find(rows, row) != rows.end();
}

// Over many keys, how often each row of a sequence is chosen.
std::vector<double> shares(const Masker& masker, const Sequence& sequence, std::uint32_t keys) {
  std::vector<double> shares(sequence.ids.size());
  for (std::uint32_t k = 0; k < keys; ++k) {
    for (const std::int32_t row : chosen(masker, sequence, k)) shares[static_cast<std::size_t>(row)] += 1.0 / keys;
  }
  return shares;
}

void check_share(double share, double p, std::uint32_t keys) {
  INFO(share << ", expected " << p);
  CHECK(std::abs(share - p) < 4.5 * std::sqrt(p * (1 - p) / keys));
}

// Enough tokens that the dice leave a whole text alone about never.
std::string long_text() {
  std::string text;
  for (int i = 0; i < 12; ++i) text += "诸葛亮人天地大孔明上ab";
  return text;
}

TEST_CASE("whole words: the longest word of the list is chosen whole or not at all") {
  const Masker masker(tokenizer(), 0.3, {.whole_words = words({"诸葛", "诸葛亮", "天地", "地大", "孔明"})});
  // [CLS] 诸 葛 亮 天 地 大 孔 明 诸 葛 涛 [SEP]
  const Sequence sequence = sequence_of("诸葛亮天地大孔明诸葛涛", tokenizer());
  const std::vector<Rows> together = {{1, 2, 3}, {4, 5}, {6}, {7, 8}, {9, 10}, {11}};
  std::set<Rows> seen;
  for (std::uint32_t k = 0; k < 500; ++k) {
    const Rows rows = chosen(masker, sequence, k);
    seen.insert(rows);
    for (const Rows& word : together) {
      for (const std::int32_t row : word) CHECK(has(rows, row) == has(rows, word.front()));
    }
  }
  // Words are chosen independently: of the 2⁶ sets of them all but the rarest come up.
  CHECK(seen.size() > 40);
}

TEST_CASE("whole words: pieces of a word stay together, and a list's word is not found inside another word") {
  const Masker masker(tokenizer(), 0.4, {.whole_words = words({"a", "b c"})});
  // [CLS] a ##b ##a b c b c ##b [SEP]: "aba", "b c", "b", "cb"
  const Sequence sequence = sequence_of("aba b c b cb", tokenizer());
  REQUIRE(sequence.ids.size() == 10);
  bool parted = false;
  for (std::uint32_t k = 0; k < 300; ++k) {
    const Rows rows = chosen(masker, sequence, k);
    CHECK(has(rows, 1) == has(rows, 2));
    CHECK(has(rows, 1) == has(rows, 3));
    CHECK(has(rows, 4) == has(rows, 5));
    CHECK(has(rows, 7) == has(rows, 8));
    parted = parted || has(rows, 6) != has(rows, 7);
  }
  CHECK(parted);
}

TEST_CASE("whole words, spans: every token is still chosen with probability p, at the edges too") {
  const Sequence sequence = sequence_of(long_text(), tokenizer());
  const auto list = words({"诸葛亮", "天地", "孔明"});
  constexpr std::uint32_t keys = 4000;
  for (const double p : {0.15, 0.4}) {
    for (const MaskingRules& rules :
         {MaskingRules{.whole_words = list}, MaskingRules{.ngram = 4}, MaskingRules{.whole_words = list, .ngram = 3}}) {
      INFO("words: " << rules.whole_words.has_value() << ", ngram: " << rules.ngram);
      const std::vector<double> found = shares(Masker(tokenizer(), p, rules), sequence, keys);
      CHECK(found.front() == 0);
      CHECK(found.back() == 0);
      for (std::size_t i = 1; i + 1 < found.size(); ++i) check_share(found[i], p, keys);
    }
  }
}

TEST_CASE("spans: as long as stated") {
  // One token in a hundred begins a span, so that two hardly ever touch.
  const Sequence sequence = random_sequence(1202, 3);
  const Tokenizer letters = tiny_tokenizer();
  const Masker masker(letters, 0.01, {.ngram = 4});
  std::vector<double> lengths(20);
  double spans = 0;
  for (std::uint32_t k = 0; k < 1500; ++k) {
    const Rows rows = [&] {
      const RandomKey key{.seed = 9, .stream = k};
      return ids_of(masker.mask({sequence}, std::span(&key, 1)).masked_rows);
    }();
    for (std::size_t i = 0; i < rows.size();) {
      std::size_t end = i + 1;
      while (end < rows.size() && rows[end] == rows[end - 1] + 1) ++end;
      const bool at_edge = rows[i] == 1 || rows[end - 1] == 1200;
      if (!at_edge) {
        ++lengths[end - i];
        ++spans;
      }
      i = end;
    }
  }
  REQUIRE(spans > 4000);
  const double expected[] = {0.4, 0.3, 0.2, 0.1};
  for (std::size_t n = 1; n <= 4; ++n) {
    INFO(n << ": " << lengths[n] / spans);
    CHECK(std::abs(lengths[n] / spans - expected[n - 1]) < 0.02);  // spans that touch are counted as one
  }
}

TEST_CASE("always: every occurrence of a word is chosen, what is left by the dice") {
  const Sequence sequence = sequence_of("诸葛涛天地诸葛人涛诸葛涛", tokenizer());  // 1 2 3 | 4 … 9 | 10 11 12
  const Masker masker(tokenizer(), 0.25, {.always = words({"诸葛涛"})});
  const std::vector<double> found = shares(masker, sequence, 3000);
  for (const std::size_t row : {1, 2, 3, 10, 11, 12}) CHECK(found[row] == Approx(1));
  for (std::size_t row = 4; row < 10; ++row) check_share(found[row], 0.25, 3000);
}

TEST_CASE("always: words that overlap are all chosen; inside a longer word in letters there is none") {
  const Masker masker(tokenizer(), 0, {.always = words({"天地", "地日", "a"})});
  CHECK(chosen(masker, sequence_of("人天地日月", tokenizer()), 1) == Rows{2, 3, 4});
  CHECK(chosen(masker, sequence_of("ab a", tokenizer()), 1) == Rows{3});
}

TEST_CASE("always, with nothing left to the dice: only the words, and nothing in a text without them") {
  const Masker masker(tokenizer(), 0, {.always = words({"诸葛涛"})});
  CHECK(chosen(masker, sequence_of("人诸葛涛大", tokenizer()), 1) == Rows{2, 3, 4});
  CHECK(chosen(masker, sequence_of("人大", tokenizer()), 1).empty());
  CHECK(chosen(Masker(tokenizer(), 0), sequence_of("人大", tokenizer()), 1).size() == 1);  // without words: one
}

TEST_CASE("rules of the data: always and never, and they part words") {
  Sequence sequence = sequence_of("天地天地天地", tokenizer());
  using enum MaskRule;
  sequence.mask_rules = {dice, dice, always, never, dice, dice, dice, dice};
  const Masker masker(tokenizer(), 0.3, {.whole_words = words({"天地"})});
  bool first_alone = false;
  for (std::uint32_t k = 0; k < 200; ++k) {
    const Rows rows = chosen(masker, sequence, k);
    CHECK(has(rows, 2));
    CHECK_FALSE(has(rows, 3));
    CHECK(has(rows, 5) == has(rows, 6));
    first_alone = first_alone || has(rows, 1) != has(rows, 4);
  }
  CHECK(first_alone);
  sequence.ids[2] = tokenizer().unk_id();  // a special token is never chosen, whatever the data say
  for (std::uint32_t k = 0; k < 50; ++k) CHECK_FALSE(has(chosen(masker, sequence, k), 2));
}

TEST_CASE("masking census: counts what rules make of texts") {
  Sequence spans = sequence_of("天地人", tokenizer());
  spans.mask_rules = {MaskRule::never, MaskRule::always, MaskRule::never, MaskRule::never, MaskRule::never};
  const std::vector<Sequence> sequences = {sequence_of("诸葛涛天地人", tokenizer()), sequence_of("天地。", tokenizer()),
                                           sequence_of("龘", tokenizer()), spans};
  const MaskingRules rules{.whole_words = words({"天地"}), .always = words({"诸葛涛"})};
  const MaskingCensus census = Masker(tokenizer(), 0.15, rules).census(sequences);
  CHECK(census.candidates == 6 + 3 + 0 + 1);
  CHECK(census.in_words == 4);
  CHECK(census.always_by_word == 3);
  CHECK(census.always_by_data == 1);
  CHECK(census.silent == 1);
  CHECK(Masker(tokenizer(), 0, rules).census(sequences).silent == 2);
}

TEST_CASE("masking: rules tell runs apart, and their absence changes no run's name") {
  const RunIdentity plain = Masker(tokenizer(), 0.15).identity();
  REQUIRE(plain.facts().size() == 1);
  CHECK(plain.value("mask_probability") == "0.15");
  std::vector<RunIdentity> identities;
  const std::vector<MaskingRules> different = {{},
                                               {.whole_words = WordList()},
                                               {.whole_words = words({"天地"})},
                                               {.always = words({"天地"})},
                                               {.ngram = 2},
                                               {.whole_words = words({"天地"}), .ngram = 2}};
  for (const MaskingRules& rules : different) identities.push_back(Masker(tokenizer(), 0.15, rules).identity());
  for (std::size_t i = 0; i < identities.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) CHECK(identities[i] != identities[j]);
  }
  CHECK_THROWS_AS(Masker(tokenizer(), 0.15, {.ngram = 0}), Error);
}

}  // namespace masking_words_test
