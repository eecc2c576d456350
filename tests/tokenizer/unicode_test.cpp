#include "mini_bert/tokenizer/unicode.h"

#include <vector>

#include "tests/catch.h"

using namespace mini_bert;

namespace {

size_t count(bool (*property)(char32_t)) {
  size_t n = 0;
  for (char32_t c = 0; c < 0x110000; ++c) n += (c < 0xD800 || c >= 0xE000) && property(c);
  return n;
}

std::vector<char32_t> list(const CodePoints& points) {
  return {points.value.begin(), points.value.begin() + points.size};
}

}  // namespace

// The parity script compares every code point with the package; these are the ones people meet or got wrong.
TEST_CASE("unicode: classes of characters", "[tokenizer]") {
  for (const char32_t c : {U' ', U'\t', U'\n', U'\r', U'\v', U'\u0085', U'\u00A0', U'\u2028', U'\u3000'}) {
    INFO("U+" << std::hex << static_cast<uint32_t>(c));
    CHECK(is_whitespace(c));
  }
  for (const char32_t c : {U'a', U'\u200B', U'\uFEFF', U'\u180E', U'哦'}) CHECK_FALSE(is_whitespace(c));

  for (const char32_t c : {char32_t{1}, char32_t{0x7F}, U'\u00AD', U'\u200B', U'\uFEFF', U'\uE000', U'\U000E0001'}) {
    INFO("U+" << std::hex << static_cast<uint32_t>(c));
    CHECK(is_control(c));
  }
  for (const char32_t c : {U'\t', U'\n', U'\r', U'a', U'\u0378', U'\u08E2'}) CHECK_FALSE(is_control(c));

  for (const char32_t c :
       {U'$', U'+', U'<', U'=', U'>', U'^', U'`', U'|', U'~', U'。', U'，', U'「', U'—', U'\u166D'}) {
    INFO("U+" << std::hex << static_cast<uint32_t>(c));
    CHECK(is_punctuation(c));
  }
  for (const char32_t c : {U'a', U'7', U'€', U'＋', U'哦', U'\u061D'}) CHECK_FALSE(is_punctuation(c));

  for (const char32_t c : {U'\u0301', U'\u05B0', U'\u1734'}) CHECK(is_nonspacing_mark(c));
  for (const char32_t c : {U'a', U'\u0903', U'\u302E', U'\u0898'}) CHECK_FALSE(is_nonspacing_mark(c));
}

TEST_CASE("unicode: the classes are as large as the package's", "[tokenizer]") {
  CHECK(count(is_whitespace) == 25);
  CHECK(count([](char32_t c) { return is_cjk(c, true) && !is_cjk(c, false); }) == 256);
}

TEST_CASE("unicode: Chinese characters", "[tokenizer]") {
  for (const char32_t c : {U'\u4E00', U'\u9FFF', U'\u3400', U'\u4DBF', U'\uF900', U'\uFAFF', U'\U00020000',
                           U'\U0002A6DF', U'\U0002B740', U'\U0002B81F', U'\U0002B920', U'\U0002CEAF', U'\U0002F800'}) {
    INFO("U+" << std::hex << static_cast<uint32_t>(c));
    CHECK(is_cjk(c, false));
  }
  for (const char32_t c : {U'\u33FF', U'\u4DC0', U'\uA000', U'あ', U'カ', U'한', U'。', U'\U0002CEB0', U'\U00030000'}) {
    INFO("U+" << std::hex << static_cast<uint32_t>(c));
    CHECK_FALSE(is_cjk(c, true));
  }
  CHECK_FALSE(is_cjk(U'\U0002B820', false));
  CHECK(is_cjk(U'\U0002B820', true));
}

TEST_CASE("unicode: decomposition and lower case", "[tokenizer]") {
  CHECK((list(decompose(U'é')) == std::vector<char32_t>{U'e', 0x301}));
  CHECK((list(decompose(U'Ấ')) == std::vector<char32_t>{U'A', 0x302, 0x301}));
  CHECK((list(decompose(U'한')) == std::vector<char32_t>{0x1112, 0x1161, 0x11AB}));
  CHECK((list(decompose(U'\uF900')) == std::vector<char32_t>{0x8C48}));
  CHECK((list(decompose(U'ﬁ')) == std::vector<char32_t>{U'ﬁ'}));  // a compatibility decomposition only
  CHECK((list(decompose(U'我')) == std::vector<char32_t>{U'我'}));

  CHECK((list(lower_case(U'A')) == std::vector<char32_t>{U'a'}));
  CHECK((list(lower_case(U'\u0130')) == std::vector<char32_t>{U'i', 0x307}));
  CHECK((list(lower_case(U'Σ')) == std::vector<char32_t>{U'σ'}));
  CHECK((list(lower_case(U'ẞ')) == std::vector<char32_t>{U'ß'}));
  CHECK((list(lower_case(U'\u1C89')) == std::vector<char32_t>{0x1C8A}));
  CHECK((list(lower_case(U'我')) == std::vector<char32_t>{U'我'}));
}

TEST_CASE("unicode: combining classes are those the package sorts by", "[tokenizer]") {
  CHECK(combining_class(U'a') == 0);
  CHECK(combining_class(0x301) == 230);
  CHECK(combining_class(0x323) == 220);
  CHECK(combining_class(0x302E) == 224);
  for (const char32_t newer : {0x08CA, 0x08D3, 0x0898, 0x1193D, 0x16FF0}) {
    INFO("U+" << std::hex << static_cast<uint32_t>(newer));
    CHECK(combining_class(newer) == 0);
  }
}
