#include "mini_bert/tokenizer/word_reader.h"

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/catch.h"

using namespace mini_bert;

namespace word_reader_test {

using Words = std::vector<std::pair<std::string, std::vector<std::pair<uint32_t, uint32_t>>>>;

// Every word with where each of its bytes came from.
struct Collector {
  Words words;
  void operator()(const Word& word) {
    words.emplace_back(word.text, std::vector<std::pair<uint32_t, uint32_t>>());
    for (uint32_t i = 0; i < word.text.size(); ++i) {
      const TextRange source = word.original(i, i + 1);
      words.back().second.emplace_back(source.begin, source.end);
    }
  }
};

// By the definition: the whole text normalized, then split. A byte of a longer character that stays as it is has that
// character as its source here and itself in a word read straight from the text, so both are widened to the character.
Words widen(Words words, const std::string& text) {
  const auto continues = [&](uint32_t i) { return i < text.size() && (text[i] & 0xC0) == 0x80; };
  for (auto& [word, sources] : words) {
    for (auto& [begin, end] : sources) {
      while (continues(begin)) --begin;
      while (continues(end)) ++end;
    }
  }
  return words;
}

Words by_definition(const std::string& text, TextRange range, const NormalizerOptions& options) {
  const NormalizedText normalized =
      normalize(std::string_view(text).substr(range.begin, range.end - range.begin), options, range.begin);
  Collector collector;
  for_each_word(normalized, {0, static_cast<uint32_t>(normalized.text.size())},
                [&](const Word& word) { collector(word); });
  return widen(collector.words, text);
}

Words read(const std::string& text, TextRange range, const NormalizerOptions& options) {
  Collector collector;
  WordReader(options).for_each_word(text, range, [&](const Word& word) { collector(word); });
  return widen(collector.words, text);
}

TextRange all_of(const std::string& text) {
  return {0, static_cast<uint32_t>(text.size())};
}

TEST_CASE("word_reader: words and where they came from", "[tokenizer]") {
  const std::string text = "Ab 我c,\u00C9d";
  const Words words = read(text, all_of(text), {});
  REQUIRE(words.size() == 5);
  CHECK(words[0].first == "ab");
  CHECK(words[1].first == "我");
  CHECK(words[2].first == "c");
  CHECK(words[3].first == ",");
  CHECK(words[4].first == "ed");
  CHECK((words[4].second == std::vector<std::pair<uint32_t, uint32_t>>{{8, 10}, {10, 11}}));
  const Words slice = read(text, {1, 6}, {});
  REQUIRE(slice.size() == 2);
  CHECK((slice[0].second == std::vector<std::pair<uint32_t, uint32_t>>{{1, 2}}));
}

TEST_CASE("word_reader: the words of random texts are those of the text normalized as a whole", "[tokenizer]") {
  // Marks of several classes, some that decompose into marks, before and after what ends a stretch.
  const std::vector<char32_t> strange = {U'a',    U'B',    U' ',   U'\t',  U',',   U'我',     U'。',   0x300,
                                         0x323,   0x344,   0xF73,  0xF71,  0x302E, 0xE9,      0x1EA4,  0x130,
                                         0x37E,   0xF900,  0xAC00, 0x200B, 0xFFFD, 0x85,      0x2028,  0x1D165,
                                         0x2B820, 0x1F600, 0xA0,   0x345,  0x3099, U'\u3042', 0x10400, U'9'};
  std::mt19937 random(11);
  for (int round = 0; round < 40000; ++round) {
    const NormalizerOptions options{random() % 4 != 0, random() % 4 != 0, random() % 2 != 0, random() % 2 != 0,
                                    random() % 2 != 0};
    std::string text;
    for (size_t i = random() % 12; i > 0; --i) {
      const char32_t c = random() % 8 ? strange[random() % strange.size()] : random() % 0x11000;
      if (c < 0xD800 || c >= 0xE000) append_utf8(text, c);
    }
    INFO("text '" << text << "'");
    REQUIRE((read(text, all_of(text), options) == by_definition(text, all_of(text), options)));
  }
}

}  // namespace word_reader_test
