// Reading whole files: text_file.h, mapped_file.h, json.h.
#include <sys/stat.h>

#include "mini_bert/files/file_error.h"
#include "mini_bert/files/json.h"
#include "mini_bert/files/json_position.h"
#include "mini_bert/files/mapped_file.h"
#include "mini_bert/files/text_file.h"
#include "tests/catch.h"
#include "tests/files/temporary_folder.h"

using namespace mini_bert;
using namespace mini_bert::test;

TEST_CASE("reading: a file's bytes, by either way") {
  const TemporaryFolder folder;
  for (const std::string& content :
       {std::string(), std::string("x"), std::string("a\0b\n", 4), std::string(300'000, 'z')}) {
    const auto path = folder.put("a", content);
    CHECK(read_text_file(path) == content);
    CHECK(MappedFile(path).text() == content);
    CHECK(MappedFile(path).bytes().size() == content.size());
  }
}

TEST_CASE("reading: a mapped file can be moved, and outlives its name") {
  const TemporaryFolder folder;
  MappedFile file(folder.put("a", "one"));
  std::filesystem::remove(folder / "a");
  MappedFile moved = std::move(file);
  CHECK(moved.text() == "one");
  MappedFile other(folder.put("b", "two"));
  other = std::move(moved);
  CHECK(other.text() == "one");
  CHECK(MappedFile().text().empty());
}

TEST_CASE("reading: what is no file is named") {
  const TemporaryFolder folder;
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  folder.put("file", "123456");
  const std::vector<std::pair<std::filesystem::path, std::string>> cases = {
      {folder / "missing", "missing: cannot be read: there is no such file or folder; check the path"},
      {folder / "file/x", "cannot be read: a part of the path is a file"},
      {folder.path(), "cannot be read: it is a folder; name a file"},
      {folder / "pipe", "cannot be read: it is a device or a pipe"},
      {"/dev/zero", "cannot be read: it is a device or a pipe"},
      {"", "cannot be read: there is no such file"},
  };
  for (const auto& wrong : cases) {
    CHECK_THAT(error_of([&] { read_text_file(wrong.first); }), ContainsSubstring(wrong.second));
    CHECK_THAT(error_of([&] { MappedFile file(wrong.first); }), ContainsSubstring(wrong.second));
  }
  CHECK_THAT(error_of([&] { read_text_file(folder / "file", 5); }),
             ContainsSubstring("file: has 6 bytes, expected at most 5 bytes; is it the right file?"));
  CHECK(read_text_file(folder / "file", 6) == "123456");
}

TEST_CASE("reading: JSON that is broken, repeated or too deep") {
  const auto error = [](std::string_view text) { return error_of([&] { parse_json(text, "c.json"); }); };
  CHECK(error(R"({"a":{"x":1},"b":{"x":[1,2]}})") == "no error");
  CHECK_THAT(error(""), ContainsSubstring("c.json: not JSON, line 1 column 1: unexpected end of input"));
  CHECK_THAT(error("{\n \"键\": ]"), ContainsSubstring("line 2 column 7: unexpected ']'"));
  CHECK_THAT(error("{\"a\" 1}"), ContainsSubstring("line 1 column 6: unexpected number literal; expected ':'"));
  CHECK_THAT(error("[1,2] 3"), ContainsSubstring("line 1 column 7"));
  CHECK_THAT(error("1e999"), ContainsSubstring("not JSON"));
  CHECK_THAT(error("NaN"), ContainsSubstring("invalid literal"));
  CHECK_THAT(error(R"({"a":1,"b":2,"a":3})"), ContainsSubstring("key \"a\" occurs twice"));
  CHECK_THAT(error(R"([{"b":{"a":1,"a":3}}])"), ContainsSubstring("key \"a\" occurs twice"));
  CHECK_THAT(error(std::string("{}\0{", 4)), ContainsSubstring("line 1 column 3: a zero byte"));
  CHECK(error(std::string(32, '[') + std::string(32, ']')) == "no error");
  CHECK_THAT(error(std::string(33, '[') + std::string(33, ']')), ContainsSubstring("deeper than 32 levels"));
  CHECK_THAT(error(std::string(1'000'000, '[')), ContainsSubstring("deeper than 32 levels"));
  const std::string unterminated = error("\"" + std::string(1'000'000, 'x'));
  CHECK_THAT(unterminated, ContainsSubstring("missing closing quote"));
  CHECK(unterminated.size() < 300);
}

TEST_CASE("reading: sizes and names in messages") {
  CHECK(format_bytes(0) == "0 bytes");
  CHECK(format_bytes(999) == "999 bytes");
  CHECK(format_bytes(1500) == "1.5 kB");
  CHECK(format_bytes(12'000'000) == "12.0 MB");
  CHECK(format_bytes(7'250'000'000) == "7.2 GB");
  CHECK(in_quotes("a\nb\x7f") == "\"a\\x0ab\\x7f\"");
  const std::string fits(80, 'x'), short_of_it(79, 'x');
  CHECK(in_quotes(fits) == '"' + fits + '"');
  CHECK(in_quotes(fits + "y") == '"' + fits + "…\"");
  CHECK(in_quotes(short_of_it + "中y") == '"' + short_of_it + "…\"");
}
