#include "mini_bert/tokenizer/normalizer.h"

#include <random>
#include <string>
#include <vector>

#include "tests/catch.h"

using namespace mini_bert;

namespace {

std::vector<std::string> words(const std::string& text) {
  std::vector<std::string> result;
  for (const auto& [begin, end] : split_words(text)) result.push_back(text.substr(begin, end - begin));
  return result;
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("normalize: one rule at a time", "[tokenizer]") {
  NormalizerOptions all;
  NormalizerOptions cased;
  cased.do_lower_case = cased.strip_accents = false;
  NormalizerOptions accents;
  accents.strip_accents = false;
  NormalizerOptions no_chinese;
  no_chinese.tokenize_chinese_chars = false;
  NormalizerOptions raw = cased;
  raw.clean_text = raw.tokenize_chinese_chars = false;
  struct Case {
    std::string text;
    NormalizerOptions options;
    std::string expected;
  };
  const std::vector<Case> cases = {
      {"", all, ""},
      {"Hello WÖRLD", all, "hello world"},
      {"Hello WÖRLD", cased, "Hello WÖRLD"},
      {"Hello WÖRLD", accents, "hello wörld"},
      {"a\tb\nc\rd\u00A0e\u3000f\u2028g", all, "a b c d e f g"},
      {std::string("a\0b", 3) + "\uFFFD\u0007\u200B\uFEFFc", all, "abc"},
      {"哦我", all, " 哦  我 "},
      {"哦我", no_chinese, "哦我"},
      {"あカ한", cased, "あカ한"},
      {"가", all, "\u1100\u1161"},
      {"\u0130", accents, "i\u0307"},
      {"\u0130", all, "i"},
      {"\uF900", all, " \u8C48 "},
      {"\u0301", all, ""},
      {"a\t\u200B哦", raw, "a\t\u200B哦"},
      {"x\u302E\u0301", all, "x\u302E"},
      {"\U0001D165\u302E", all, "\U0001D165\u302E"},
      {"\u302E\U0001D165", all, "\U0001D165\u302E"},  // classes 224 and 216 change places
  };
  for (const Case& c : cases) {
    INFO("text '" << c.text << "'");
    CHECK(normalize(c.text, c.options).text == c.expected);
  }
}

TEST_CASE("normalize: every byte knows the character it came from", "[tokenizer]") {
  const std::string text = "\u0007É我\u0130";
  const NormalizedText normalized = normalize(text, {.strip_accents = false});
  REQUIRE(normalized.text == "é 我 i\u0307");
  REQUIRE(normalized.source.size() == normalized.text.size());
  CHECK((normalized.original(0, 2) == TextRange{1, 3}));  // é from É, the bell is gone
  CHECK((normalized.original(3, 6) == TextRange{3, 6}));  // 我
  CHECK((normalized.original(7, 8) == TextRange{6, 8}));  // i and U+0307 both from U+0130
  CHECK((normalized.original(8, 10) == TextRange{6, 8}));
  // U+08CF has a combining class the package does not know: it stays in front of U+05B0, and keeps its own source.
  const NormalizedText newer = normalize("a\u08CF\u05B0", {});
  REQUIRE(newer.text == "a\u08CF");
  CHECK((newer.original(1, 4) == TextRange{1, 4}));
  CHECK((normalize("b", {}, 10).original(0, 1) == TextRange{10, 11}));
}

TEST_CASE("split_words: white space and punctuation", "[tokenizer]") {
  CHECK((words("hello, world!") == Words{"hello", ",", "world", "!"}));
  CHECK((words("  a  b ") == Words{"a", "b"}));
  CHECK((words("don't $5+3") == Words{"don", "'", "t", "$", "5", "+", "3"}));
  CHECK((words("「哦」——") == Words{"「", "哦", "」", "—", "—"}));
  CHECK((words("") == Words{}));
  CHECK((words(" \t\n") == Words{}));
}

TEST_CASE("normalize: random texts keep sources in order and inside the text", "[tokenizer]") {
  std::mt19937 random(3);
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    const size_t length = random() % 20;
    for (size_t i = 0; i < length; ++i) {
      const char32_t c = random() % (random() % 2 ? 0x110000 : 0x3000);
      if (c < 0xD800 || c >= 0xE000) append_utf8(text, c);
    }
    const NormalizedText normalized = normalize(text, {});
    REQUIRE(normalized.source.size() == normalized.text.size());
    REQUIRE(find_ill_formed(normalized.text) == std::string::npos);
    for (size_t i = 0; i < normalized.source.size(); ++i) {
      REQUIRE(normalized.source[i].end <= text.size());
      REQUIRE(normalized.source[i].begin < normalized.source[i].end);
      if (i > 0) REQUIRE(normalized.source[i - 1].begin <= normalized.source[i].begin);
    }
  }
}
