#include "mini_bert/base/utf8.h"

#include <string>
#include <vector>

#include "tests/catch.h"
#include "tests/files/temporary_folder.h"

using namespace mini_bert;
using namespace mini_bert::test;

TEST_CASE("utf8: every code point survives a round trip") {
  size_t wrong = 0;
  for (char32_t c = 0; c < 0x110000; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    std::string text;
    append_utf8(text, c);
    const auto [value, length] = read_code_point(text, 0);
    wrong += value != c || length != text.size() || find_ill_formed(text) != std::string::npos;
  }
  CHECK(wrong == 0);
  CHECK(read_code_point("", 0).length == 0);
  CHECK(read_code_point("a", 1).length == 0);
}

TEST_CASE("utf8: ill-formed bytes are found where they are") {
  struct Case {
    std::string text;
    size_t position;
  };
  const std::vector<Case> cases = {
      {"\x80", 0},              // stray continuation byte
      {"ab\xC3", 2},            // cut short
      {"\xC0\xAF", 0},          // overlong '/'
      {"\xC1\xBF", 0},          // overlong
      {"a\xE0\x80\xAF", 1},     // overlong in three bytes
      {"\xED\xA0\x80", 0},      // surrogate U+D800
      {"\xF0\x80\x80\x80", 0},  // overlong in four bytes
      {"\xF4\x90\x80\x80", 0},  // beyond U+10FFFF
      {"\xF5\x80\x80\x80", 0},
      {"\xFF", 0},
      {"\xE4\xB8", 0},
      {"\xE5\x93\xA6\xE6\x88", 3},
      {"\xE4(\xAD", 0},
  };
  for (const Case& c : cases) {
    INFO("case with the error at " << c.position << ", size " << c.text.size());
    CHECK(find_ill_formed(c.text) == c.position);
  }
  CHECK(find_ill_formed("哦我 wörld 😀") == std::string::npos);
  CHECK(find_ill_formed("") == std::string::npos);
}

TEST_CASE("utf8: byte ranges become code point ranges") {
  const std::string text = "aé哦😀b";  // 1, 2, 3, 4 and 1 bytes
  const std::vector<TextRange> bytes = {{0, 1}, {1, 3}, {3, 6}, {6, 10}, {10, 11}, {0, 11}, {6, 6}, {1, 10}};
  const std::vector<TextRange> expected = {{0, 1}, {1, 2}, {2, 3}, {3, 4}, {4, 5}, {0, 5}, {3, 3}, {1, 4}};
  CHECK((to_code_points(text, bytes) == expected));
  CHECK(count_code_points(text) == 5);
}

TEST_CASE("utf8: the first wrong byte is found") {
  const std::string front = "abcdefgh诸葛";  // 14 bytes, eight of them ASCII
  for (const std::string wrong :
       {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc3", "\xc3(", "\xe0\x80\x80", "\xe8\xaf", "\xed\xa0\x80",
        "\xf0\x80\x80\x80", "\xf0\x9f\x98", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xfe", "\xff"}) {
    CAPTURE(wrong.size(), static_cast<int>(wrong[0]));
    CHECK(find_ill_formed(front + wrong) == front.size());
    CHECK(find_ill_formed(front + wrong + "abcdefghijk") == front.size());
    CHECK(find_ill_formed(wrong) == 0);
  }
}

TEST_CASE("utf8: messages name byte and line, and guess the encoding") {
  CHECK(require_utf8("\xef\xbb\xbf诸", "f") == "诸");
  CHECK(require_utf8("", "f").empty());
  const std::string message = error_of([] { require_utf8("one\ntwo \xd6\xee\xb8\xf0", "f.txt"); });
  CHECK_THAT(message, ContainsSubstring("f.txt: byte 8 (0xd6, in line 2) is not UTF-8"));
  CHECK_THAT(message, ContainsSubstring("GB18030"));
  CHECK_THAT(error_of([] {
               require_utf8(std::string("\xff\xfe"
                                        "a\0",
                                        4),
                            "f");
             }),
             ContainsSubstring("looks like UTF-16"));
}

TEST_CASE("utf8: white space alone is blank") {
  for (const char* text : {"", " ", "\t \r\n", "　", " 　\u00a0\u2003\u2028"}) CHECK(is_blank(text));
  for (const char* text : {"a", " a", "　。", "\u200b", "\xff"}) CHECK_FALSE(is_blank(text));
}
