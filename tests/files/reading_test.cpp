// Reading whole files, by text_file.h and by mapped_file.h.
#include <sys/stat.h>

#include "mini_bert/base/text_file.h"
#include "mini_bert/files/mapped_file.h"
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

TEST_CASE("reading: writing to a copy_on_write mapping leaves the file as it is, and tensors fit its alignment") {
  const TemporaryFolder folder;
  const auto path = folder.put("a", "0123456789");
  MappedFile file(path, Mapping::copy_on_write);
  CHECK(reinterpret_cast<std::uintptr_t>(file.bytes().data()) % 64 == 0);
  file.writable_bytes()[3] = std::byte{'x'};
  CHECK(file.text() == "012x456789");
  CHECK(content_of(path) == "0123456789");
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
