#include "mini_bert/tokenizer/tokenizer.h"

#include <random>
#include <string>
#include <vector>

#include "tests/catch.h"

using namespace mini_bert;

namespace {

using Ids = std::vector<int32_t>;
using Strings = std::vector<std::string>;

Vocabulary small_vocabulary() {
  return Vocabulary({"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "\u2028", "hello", "world", "##s",  "哦",  "我",
                     ",",     "!",     "e",     "##e",   "下",     "雨",     "天",    "un",    "##un", "foo", "##foo"});
}

Tokenizer small_tokenizer(TokenizerOptions options = {}) {
  return Tokenizer(small_vocabulary(), std::move(options));
}

Strings tokens(const Tokenizer& tokenizer, const std::string& text, const EncodeOptions& options = {}) {
  Strings result;
  for (const int32_t id : tokenizer.encode(text, options).ids) result.push_back(tokenizer.vocabulary().token(id));
  return result;
}

// The pieces of the text the offsets point at, without [CLS] and [SEP].
Strings slices(const Tokenizer& tokenizer, const std::string& text) {
  const Encoding encoding = tokenizer.encode(text);
  Strings result;
  for (size_t i = 0; i < encoding.ids.size(); ++i) {
    const auto [begin, end] = encoding.offsets[i];
    if (!encoding.special[i]) result.push_back(text.substr(begin, end - begin));
  }
  return result;
}

}  // namespace

TEST_CASE("tokenizer: a vocabulary with U+2028 as a line keeps its ids", "[tokenizer]") {
  const Tokenizer tokenizer(Vocabulary::parse("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n\u2028\n哦\n我\n"));
  CHECK((tokenizer.encode("哦我").ids == Ids{2, 6, 7, 3}));
}

TEST_CASE("tokenizer: every field of an encoding", "[tokenizer]") {
  const Encoding encoding = small_tokenizer().encode("Hello, WORLDS 我x");
  CHECK((encoding.ids == Ids{2, 6, 11, 7, 8, 10, 1, 3}));
  CHECK((encoding.type_ids == Ids{0, 0, 0, 0, 0, 0, 0, 0}));
  CHECK((encoding.word_ids == Ids{-1, 0, 1, 2, 2, 3, 4, -1}));
  CHECK((encoding.special == std::vector<uint8_t>{1, 0, 0, 0, 0, 0, 0, 1}));
  const std::vector<TextRange> offsets = {{0, 0}, {0, 5}, {5, 6}, {7, 12}, {12, 13}, {14, 17}, {17, 18}, {0, 0}};
  CHECK((encoding.offsets == offsets));
}

TEST_CASE("tokenizer: offsets give back the original text", "[tokenizer]") {
  const Tokenizer tokenizer = small_tokenizer();
  CHECK((slices(tokenizer, "Héllo Wörlds") == Strings{"Héllo", "Wörld", "s"}));
  CHECK((slices(tokenizer, "é我[MASK]!") == Strings{"é", "我", "[MASK]", "!"}));
  CHECK((slices(tokenizer, "e\u0301e") == Strings{"e", "e"}));  // a lone accent belongs to no token
}

TEST_CASE("tokenizer: pairs", "[tokenizer]") {
  const Encoding encoding = small_tokenizer().encode_pair("hello", "我!");
  CHECK((encoding.ids == Ids{2, 6, 3, 10, 12, 3}));
  CHECK((encoding.type_ids == Ids{0, 0, 0, 1, 1, 1}));
  CHECK((encoding.word_ids == Ids{-1, 0, -1, 0, 1, -1}));
  CHECK((encoding.offsets[3] == TextRange{0, 3}));
  const Encoding plain = small_tokenizer().encode_pair("hello", "我", {.add_special_tokens = false});
  CHECK((plain.ids == Ids{6, 10}));
  CHECK((plain.type_ids == Ids{0, 1}));
}

TEST_CASE("tokenizer: windows of a pair that overflows on both sides", "[tokenizer]") {
  const EncodeOptions options{.truncation = Truncation::longest_first, .max_length = 5};
  const Encoding encoding = small_tokenizer().encode_pair("hello world", "我哦!", options);
  CHECK((encoding.ids == Ids{2, 6, 3, 10, 3}));
  std::vector<Ids> windows;
  for (const Encoding& window : encoding.overflow) windows.push_back(window.ids);
  const std::vector<Ids> expected = {
      {2, 7, 3, 10, 3}, {2, 7, 3, 9, 3}, {2, 7, 3, 12, 3}, {2, 6, 3, 9, 3}, {2, 6, 3, 12, 3}};
  CHECK((windows == expected));
}

TEST_CASE("tokenizer: special tokens in the text", "[tokenizer]") {
  const Tokenizer tokenizer = small_tokenizer();
  CHECK((tokens(tokenizer, "我[MASK]我", {.add_special_tokens = false}) == Strings{"我", "[MASK]", "我"}));
  CHECK((tokens(tokenizer, "[mask]", {.add_special_tokens = false}) == Strings{"[UNK]", "[UNK]", "[UNK]"}));
  const EncodeOptions as_text{.add_special_tokens = false, .special_tokens_in_text = false};
  CHECK((tokens(tokenizer, "[MASK]", as_text) == Strings{"[UNK]", "[UNK]", "[UNK]"}));
  CHECK(tokenizer.is_special(tokenizer.mask_id()));
  CHECK_FALSE(tokenizer.is_special(6));
  CHECK_FALSE(tokenizer.is_special(-1));
}

TEST_CASE("tokenizer: added tokens", "[tokenizer]") {
  struct Case {
    std::string content;
    bool normalized, single_word;
    std::string text;
    Strings expected;
  };
  const std::vector<Case> cases = {
      {"foo un", false, false, "efoo une", {"e", "foo un", "e"}},
      {"foo un", false, false, "Foo un", {"foo", "un"}},  // looked for in the raw text: case matters
      {"Foo Un", true, false, "fÓo uN", {"Foo Un"}},      // looked for in the normalized text: it does not
      {"下雨", true, false, "天下雨天", {"天", "下雨", "天"}},
      {"下雨", false, false, "天下雨天", {"天", "下雨", "天"}},
      {"xyz", false, true, "xyz axyz xyz!", {"xyz", "[UNK]", "xyz", "!"}},
      {"xyz", false, true, "我xyz", {"我", "[UNK]"}},
      {"xyz", false, false, "exyze", {"e", "xyz", "e"}},
  };
  for (const Case& c : cases) {
    INFO("added '" << c.content << "', text '" << c.text << "'");
    AddedToken token;
    token.content = c.content;
    token.normalized = c.normalized;
    token.single_word = c.single_word;
    TokenizerOptions options;
    options.added_tokens.push_back(token);
    const Tokenizer tokenizer = small_tokenizer(options);
    CHECK((tokens(tokenizer, c.text, {.add_special_tokens = false}) == c.expected));
    CHECK(tokenizer.vocabulary().find(c.content) == 22);
  }
}

TEST_CASE("tokenizer: lstrip and rstrip swallow white space", "[tokenizer]") {
  const Tokenizer tokenizer =
      small_tokenizer({.added_tokens = {{.content = "<l>", .lstrip = true}, {.content = "<r>", .rstrip = true}}});
  CHECK((slices(tokenizer, "e \t<l> e") == Strings{"e", " \t<l>", "e"}));
  CHECK((slices(tokenizer, "e <r>\u3000 e") == Strings{"e", "<r>\u3000 ", "e"}));
  CHECK((slices(tokenizer, "<r> <l>e") == Strings{"<r> ", "<l>", "e"}));
}

TEST_CASE("tokenizer: of two added tokens the longer wins, and the leftmost", "[tokenizer]") {
  const Tokenizer tokenizer =
      small_tokenizer({.added_tokens = {{.content = "ab"}, {.content = "abc"}, {.content = "cd"}}});
  CHECK((tokens(tokenizer, "abcd", {.add_special_tokens = false}) == Strings{"abc", "[UNK]"}));
  CHECK((tokens(tokenizer, "abab", {.add_special_tokens = false}) == Strings{"ab", "ab"}));
}

TEST_CASE("tokenizer: settings", "[tokenizer]") {
  const EncodeOptions plain{.add_special_tokens = false};
  CHECK((tokens(small_tokenizer({.do_lower_case = false}), "Hello hello", plain) == Strings{"[UNK]", "hello"}));
  CHECK((tokens(small_tokenizer({.strip_accents = false}), "é", plain) == Strings{"[UNK]"}));
  CHECK((tokens(small_tokenizer({.do_lower_case = false, .strip_accents = true}), "é", plain) == Strings{"e"}));
  CHECK((tokens(small_tokenizer({.tokenize_chinese_chars = false}), "我哦", plain) == Strings{"[UNK]"}));
  CHECK((tokens(small_tokenizer(), "\U0002B820\U0002B820", plain) == Strings{"[UNK]"}));
  CHECK((tokens(small_tokenizer({.whole_cjk_extension_e = true}), "\U0002B820\U0002B820", plain) ==
         Strings{"[UNK]", "[UNK]"}));
}

TEST_CASE("tokenizer: decoding", "[tokenizer]") {
  const Tokenizer tokenizer = small_tokenizer();
  const Ids ids = {2, 6, 11, 7, 8, 12, 10, 4, 3};
  CHECK(tokenizer.decode(ids) == "hello, worlds! 我");
  CHECK(tokenizer.decode(ids, false) == "[CLS] hello, worlds! 我 [MASK] [SEP]");
  CHECK(small_tokenizer({.decode_cleanup = false}).decode(ids) == "hello , worlds ! 我");
  CHECK(tokenizer.decode({}) == "");
  CHECK_THROWS_WITH(tokenizer.decode(Ids{99}), ContainsSubstring("token id 99"));
}

TEST_CASE("tokenizer: bad input is refused with one line", "[tokenizer]") {
  CHECK_THROWS_WITH(small_tokenizer().encode("ab\xFF"), ContainsSubstring("byte 2 is 0xFF"));
  CHECK_THROWS_WITH(small_tokenizer().encode_pair("ab", "我\xE6"), ContainsSubstring("byte 3 is 0xE6"));
  CHECK_THROWS_WITH(Tokenizer(Vocabulary({"[PAD]", "[UNK]", "[CLS]", "[SEP]"})),
                    ContainsSubstring("mask_token '[MASK]'"));
  CHECK_THROWS_WITH(small_tokenizer({.pad_token = "<pad>"}), ContainsSubstring("pad_token '<pad>'"));
  CHECK_THROWS_WITH(small_tokenizer({.added_tokens = {{.content = "zz", .id = 50}}}), ContainsSubstring("expected 22"));
}

TEST_CASE("tokenizer: random bytes are either encoded or refused", "[tokenizer]") {
  const Tokenizer tokenizer = small_tokenizer(
      {.added_tokens = {{.content = "e e", .normalized = true, .lstrip = true}, {.content = "我", .rstrip = true}}});
  std::mt19937 random(11);
  const Strings pieces = {"我", "e", " ", "[MASK]", "\xE6", "\x88", "\u0301", "[", "hello", "\u3000", "哦", "É"};
  size_t refused = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (size_t i = random() % 12; i > 0; --i) {
      text += random() % 4 ? pieces[random() % pieces.size()] : std::string(1, static_cast<char>(random()));
    }
    try {
      const EncodeOptions options{.truncation = Truncation::longest_first, .max_length = 6, .stride = 1};
      const Encoding encoding = tokenizer.encode(text, options);
      REQUIRE(encoding.size() <= 6);
      for (const TextRange& range : encoding.offsets) REQUIRE((range.begin <= range.end && range.end <= text.size()));
      REQUIRE(code_point_offsets(encoding, text).size() == encoding.ids.size());
    } catch (const Error&) {
      ++refused;
      REQUIRE(find_ill_formed(text) != std::string::npos);
    }
  }
  CHECK(refused > 100);
}
