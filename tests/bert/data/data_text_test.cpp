#include "mini_bert/bert/data/data_text.h"

#include "tests/catch.h"
#include "tests/files/temporary_folder.h"

using namespace mini_bert;
using namespace mini_bert::test;
using namespace std::string_literals;

namespace {

std::string text_of(std::string_view bytes) {
  const TemporaryFolder folder;
  return std::string(DataText(folder.put("a.txt", bytes)).text());
}

}  // namespace

TEST_CASE("data text: UTF-16 with a byte order mark is converted") {
  CHECK(text_of("\xff\xfe\x2d\x4e\x0a\x00\x3d\xd8\x00\xde"s) == "中\n😀");
  CHECK(text_of("\xfe\xff\x4e\x2d\x00\x61"s) == "中a");
  CHECK_THROWS_WITH(text_of("\xff\xfe\x3d\xd8\x61\x00"s),
                    ContainsSubstring("looks like UTF-16"));  // half a surrogate pair
  CHECK_THROWS_WITH(text_of("\xff\xfe\x61"s), ContainsSubstring("looks like UTF-16"));
  CHECK_THROWS_WITH(text_of("t\0e\0x\0t\0"s), ContainsSubstring("UTF-16") && ContainsSubstring("iconv -f UTF-16LE"));
  CHECK_THROWS_WITH(text_of("\0t\0e\0x\0t"s), ContainsSubstring("iconv -f UTF-16BE"));
}

TEST_CASE("data text: GBK is refused with the way to convert it") {
  CHECK_THROWS_WITH(text_of("\xce\xd2\xc3\xc7\n"),
                    ContainsSubstring("looks like GBK") && ContainsSubstring("iconv -f GB18030 -t UTF-8"));
  CHECK_THROWS_WITH(text_of("\xce\xd2\xff\n"), ContainsSubstring("is not UTF-8"));
}

TEST_CASE("data text: a CR without LF ends a line") {
  CHECK(text_of("a\rb\r") == "a\nb\n");
  CHECK(text_of("a\r\nb\rc\r\n") == "a\r\nb\nc\r\n");
  CHECK(text_of("\xef\xbb\xbf"
                "a\r") == "a\n");
  CHECK(text_of("\xff\xfe\x61\x00\x0d\x00\x62\x00"s) == "a\nb");
}
