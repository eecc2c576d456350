#include "mini_bert/bert/data/utf8.h"

#include "tests/catch.h"
#include "tests/files/temporary_folder.h"

using namespace mini_bert;
using namespace mini_bert::test;

namespace {

std::string encode(char32_t c) {
  std::string text;
  const auto add = [&](char32_t byte) { text.push_back(static_cast<char>(byte)); };
  const auto follow = [&](int shift) { add(0x80 | (c >> shift & 63)); };
  if (c < 0x80) {
    add(c);
  } else if (c < 0x800) {
    add(0xc0 | c >> 6);
  } else if (c < 0x10000) {
    add(0xe0 | c >> 12);
    follow(6);
  } else {
    add(0xf0 | c >> 18);
    follow(12);
    follow(6);
  }
  if (c >= 0x80) follow(0);
  return text;
}

}  // namespace

TEST_CASE("utf8: every character is accepted, every surrogate refused") {
  for (char32_t c = 0; c <= 0x10ffff; ++c) {
    const std::string text = encode(c);
    const bool surrogate = 0xd800 <= c && c <= 0xdfff;
    if (find_invalid_utf8(text) != (surrogate ? 0 : text.size())) FAIL("U+" << std::hex << static_cast<unsigned>(c));
  }
}

TEST_CASE("utf8: the first wrong byte is found") {
  const std::string front = "abcdefgh诸葛";  // 14 bytes, eight of them ASCII
  for (const std::string wrong :
       {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc3", "\xc3(", "\xe0\x80\x80", "\xe8\xaf", "\xed\xa0\x80",
        "\xf0\x80\x80\x80", "\xf0\x9f\x98", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xfe", "\xff"}) {
    CAPTURE(wrong.size(), static_cast<int>(wrong[0]));
    CHECK(find_invalid_utf8(front + wrong) == front.size());
    CHECK(find_invalid_utf8(front + wrong + "abcdefghijk") == front.size());
    CHECK(find_invalid_utf8(wrong) == 0);
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
