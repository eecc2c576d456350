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

TEST_CASE("data text: UTF-16 without a byte order mark is refused also where few characters are ASCII") {
  std::string bytes;
  for (int i = 0; i < 40; ++i) bytes += i % 10 == 9 ? "\n\0"s : "\x11\x62"s;  // 我
  bytes += "\xc6\x5b\0\x4e\n\0"s;  // the zero of 一 stands on the other side
  CHECK_THROWS_WITH(text_of(bytes), ContainsSubstring("UTF-16") && ContainsSubstring("iconv -f UTF-16LE"));
  CHECK(text_of("a\0b 我们好我们好我们好我们好我们好"s).size() > 10);  // a zero byte in a text
}

TEST_CASE("data text: files of other kinds are named") {
  CHECK_THROWS_WITH(text_of("PK\x03\x04..."), ContainsSubstring("a.txt: this is an Excel workbook or another zip"));
  CHECK_THROWS_WITH(text_of("\x1f\x8b\x08"), ContainsSubstring("unpack it with gunzip"));
  CHECK_THROWS_WITH(text_of("PAR1\x15"), ContainsSubstring("a Parquet file"));
  CHECK_THROWS_WITH(text_of("\xff\xfe\0\0a\0\0\0"s), ContainsSubstring("iconv -f UTF-32"));
  CHECK_THROWS_WITH(text_of("version https://git-lfs.github.com/spec/v1\n"), ContainsSubstring("git lfs pull"));
}

TEST_CASE("data text: Big5 is not taken for GBK") {
  // 我們今天說很好的話是
  const std::string big5 = "\xa7\xda\xad\xcc\xa4\xb5\xa4\xd1\xbb\xa1\xab\xdc\xa6\x6e\xaa\xba\xb8\xdc\xac\x4f\n";
  CHECK_THROWS_WITH(text_of(big5), ContainsSubstring("looks like Big5") && ContainsSubstring("iconv -f BIG5 -t UTF-8"));
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
