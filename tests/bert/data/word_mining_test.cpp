#include "mini_bert/bert/data/word_mining.h"

#include <algorithm>
#include <cmath>

#include "mini_bert/tensor/random.h"
#include "tests/bert/data/chinese_testing.h"
#include "tests/catch.h"

using namespace mini_bert;
using namespace mini_bert::test;

namespace {

std::vector<Sequence> sequences_of(const std::vector<std::string>& texts, const Tokenizer& tokenizer) {
  std::vector<Sequence> sequences;
  for (const std::string& text : texts) sequences.push_back(sequence_of(text, tokenizer));
  return sequences;
}

// Texts of words drawn from two lists, the second one's being single characters, so that words meet all neighbours.
std::vector<std::string> texts_with(const std::vector<std::string>& words, int count) {
  const std::vector<std::string> singles = {"人", "大", "小", "上", "下", "中", "山", "水", "风", "云"};
  RandomSequence random({.seed = 5});
  const auto any = [&](const std::vector<std::string>& list) {
    return list[random.below(static_cast<std::uint32_t>(list.size()))];
  };
  std::vector<std::string> texts;
  for (int i = 0; i < count; ++i) {
    std::string text;
    for (int j = 0; j < 8; ++j) text += random.uniform() < 0.4f ? any(words) : any(singles);
    texts.push_back(text);
  }
  return texts;
}

std::vector<std::string> mined(const std::vector<std::string>& texts, const MiningOptions& options = {}) {
  const Tokenizer tokenizer = chinese_tokenizer();
  std::vector<std::string> words;
  for (const MinedWord& word : mine_words(sequences_of(texts, tokenizer), tokenizer, options))
    words.push_back(word.text);
  std::ranges::sort(words);
  return words;
}

}  // namespace

TEST_CASE("word mining: finds the words a text was made of, whole and nothing else") {
  // 诸葛亮 twice as often as 诸葛涛, so that one is less unsure after 诸葛 than between two equal neighbours.
  std::vector<std::string> words = {"天地", "日月", "诸葛亮", "诸葛亮", "诸葛涛", "孔明"};
  const std::vector<std::string> found = mined(texts_with(words, 400));
  std::ranges::sort(words);
  words.erase(std::unique(words.begin(), words.end()), words.end());
  CHECK(found == words);  // and not 葛亮, before which 诸 is certain
}

TEST_CASE("word mining: count, cohesion and entropy are what they are defined as") {
  // T = 12 characters; 天地 three times, its neighbours: begin and 人, 大 and 小, 。 and end.
  const std::vector<std::string> texts = {"天地人大", "大天地小", "人。天地", "天"};
  const Tokenizer tokenizer = chinese_tokenizer();
  const std::vector<MinedWord> words = mine_words(sequences_of(texts, tokenizer), tokenizer, {.least_count = 3});
  REQUIRE(words.size() == 1);
  CHECK(words[0].text == "天地");
  CHECK(words[0].count == 3);
  const double T = 12, whole = 3 / T, first = 4 / T, second = 3 / T;
  CHECK(words[0].cohesion == Approx(std::log(whole / (first * second)) / -std::log(whole)));
  CHECK(words[0].entropy == Approx(std::log(3)));
}

TEST_CASE("word mining: a word needs every one of the three") {
  // 天地 thrice, always after 人.
  const std::vector<std::string> one_sided = {"人天地大", "人天地小", "人天地中"};
  CHECK(mined(one_sided, {.longest = 2}) == std::vector<std::string>{});
  CHECK(mined(one_sided) == std::vector<std::string>{"人天地"});
  const std::vector<std::string> rare = {"大天地中", "小天地"};
  CHECK(mined(rare) == std::vector<std::string>{});
  CHECK(mined(rare, {.least_count = 2}) == std::vector<std::string>{"天地"});
  // Characters in random order stand together as often as chance has it.
  CHECK(mined(texts_with({"天", "地", "日", "月"}, 300)) == std::vector<std::string>{});
}

TEST_CASE("word mining: the most frequent word comes first") {
  const std::vector<std::string> texts = {"天地人日月",     "大天地小日月中", "人天地上日月下",
                                          "山天地水风日月", "云天地大日月",   "天地小中"};
  const Tokenizer tokenizer = chinese_tokenizer();
  const std::vector<MinedWord> words = mine_words(sequences_of(texts, tokenizer), tokenizer);
  REQUIRE(words.size() == 2);
  CHECK(words[0].text == "天地");
  CHECK(words[0].count == 6);
  CHECK(words[1].text == "日月");
  CHECK(words[1].count == 5);
}

TEST_CASE("word mining: a token of several characters is none of a word's") {
  std::vector<std::string> tokens = chinese_tokenizer().vocabulary().tokens();
  tokens.emplace_back("天地");
  const Tokenizer tokenizer{Vocabulary(tokens)};
  const auto sequence = [&](std::initializer_list<const char*> words) {
    Sequence made;
    for (const char* word : words) made.ids.push_back(*tokenizer.vocabulary().find(word));
    return made;
  };
  const std::vector<Sequence> texts = {sequence({"天地", "日", "大"}), sequence({"小", "天地", "日"}),
                                       sequence({"中", "天地", "日", "上"})};
  CHECK(mine_words(texts, tokenizer).empty());
}

TEST_CASE("word mining: marks, letters and [UNK] part words, and no text gives none") {
  CHECK(mined({"天。地", "天。地", "天。地", "天a地", "天龘地", "天龘地", "天龘地"}) == std::vector<std::string>{});
  CHECK(mined({}) == std::vector<std::string>{});
  CHECK(mined({"天", "a b"}) == std::vector<std::string>{});
}
