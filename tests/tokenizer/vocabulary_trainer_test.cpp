#include "mini_bert/tokenizer/vocabulary_trainer.h"

#include <map>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "mini_bert/base/error.h"
#include "tests/catch.h"

using namespace mini_bert;

namespace {

using Strings = std::vector<std::string>;

Strings train(const std::string& text, const VocabularyTrainerOptions& options) {
  std::istringstream lines(text);
  return train_vocabulary([&](std::string& line) { return static_cast<bool>(std::getline(lines, line)); }, options)
      .tokens();
}

// The definition: count all pairs anew before every join.
Strings by_definition(const WordCounter::Counts& counts, Strings tokens, size_t size, uint64_t min_frequency) {
  std::map<std::string, int> id;
  for (size_t i = 0; i < tokens.size(); ++i) id[tokens[i]] = static_cast<int>(i);
  std::vector<std::pair<Strings, uint64_t>> words;
  for (const auto& [word, count] : counts) {
    Strings pieces;
    for (const char c : word) pieces.push_back((pieces.empty() ? "" : "##") + std::string(1, c));
    words.emplace_back(pieces, count);
  }
  while (tokens.size() < size) {
    std::map<std::pair<int, int>, uint64_t> pairs;
    for (const auto& [pieces, count] : words) {
      for (size_t i = 0; i + 1 < pieces.size(); ++i) pairs[{id[pieces[i]], id[pieces[i + 1]]}] += count;
    }
    std::pair<int, int> best;
    uint64_t most = 0;
    for (const auto& [pair, count] : pairs) {
      if (count > most) std::tie(best, most) = std::tie(pair, count);
    }
    if (most < std::max<uint64_t>(1, min_frequency)) break;
    const std::string first = tokens[best.first];
    const std::string second = tokens[best.second];
    const std::string joined = first + second.substr(2);
    if (!id.contains(joined)) {
      id[joined] = static_cast<int>(tokens.size());
      tokens.push_back(joined);
    }
    for (auto& [pieces, count] : words) {
      for (size_t i = 0; i + 1 < pieces.size(); ++i) {
        if (pieces[i] != first || pieces[i + 1] != second) continue;
        pieces[i] = joined;
        pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(i) + 1);
      }
    }
  }
  return tokens;
}

}  // namespace

TEST_CASE("train_vocabulary: a text small enough to follow", "[tokenizer]") {
  // Pairs: a ##b 5, ##b ##c 3, d ##a 2. Joining a ##b leaves ab ##c 3, and then ##b ##c is gone.
  const Strings expected = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a",   "b", "c",
                            "d",     "##a",   "##b",   "##c",   "ab",     "abc", "da"};
  CHECK((train("abc abc abc ab\nAB da da b c d", {.size = 100, .min_frequency = 2}) == expected));
}

TEST_CASE("train_vocabulary: limits", "[tokenizer]") {
  const std::string text = "abc abc abc ab ab da da";
  CHECK(train(text, {.size = 13, .min_frequency = 1}).size() == 13);
  CHECK(train(text, {.size = 100, .min_frequency = 3}).back() == "abc");
  const Strings limited = train("a a a b b c", {.size = 100, .limit_alphabet = 2, .special_tokens = {"[UNK]"}});
  CHECK((limited == Strings{"[UNK]", "a", "b"}));
  const Strings tie = train("b a c", {.size = 100, .limit_alphabet = 2, .special_tokens = {}});
  CHECK((tie == Strings{"a", "b"}));
  CHECK_THROWS_AS(train("a", {.size = 0}), Error);
}

TEST_CASE("train_vocabulary: Chinese characters are words", "[tokenizer]") {
  const Strings tokens = train("哦我哦我 ab", {.size = 100, .special_tokens = {}});
  CHECK((tokens == Strings{"a", "b", "哦", "我", "##b"}));
}

TEST_CASE("train_vocabulary: agrees with recounting before every join", "[tokenizer]") {
  std::mt19937 random(2);
  for (int round = 0; round < 30; ++round) {
    WordCounter counter;
    for (int i = 0; i < 60; ++i) {
      std::string word;
      for (size_t k = 1 + random() % 8; k > 0; --k) word += static_cast<char>('a' + random() % 3);
      for (size_t k = 1 + random() % 5; k > 0; --k) counter.add_line(word);
    }
    const Strings alphabet = {"a", "b", "c", "##a", "##b", "##c"};
    const VocabularyTrainerOptions options{.size = 60, .min_frequency = 2, .special_tokens = {}};
    REQUIRE((train_vocabulary(counter.counts(), options).tokens() == by_definition(counter.counts(), alphabet, 60, 2)));
  }
}

TEST_CASE("word_counter: counts words as the tokenizer sees them", "[tokenizer]") {
  WordCounter counter;
  counter.add_line("Héllo, hello!");
  counter.add_line("我");
  CHECK(counter.counts().at("hello") == 2);
  CHECK(counter.counts().at(",") == 1);
  CHECK(counter.counts().at("我") == 1);
  CHECK(counter.lines() == 2);
  CHECK(counter.characters() == 14);
  CHECK_THROWS_WITH(counter.add_line("\xFF"), ContainsSubstring("line 3 is not UTF-8 from its byte 0"));
}
