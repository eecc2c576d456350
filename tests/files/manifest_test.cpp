#include "mini_bert/files/manifest.h"

#include "tests/catch.h"
#include "tests/files/temporary_folder.h"

using namespace mini_bert;
using namespace mini_bert::test;
namespace fs = std::filesystem;

namespace manifest_test {

// A folder with two files and the list of their checksums.
struct ListedFolder : TemporaryFolder {
  ListedFolder() {
    const WrittenFile files[] = {write_file_atomically(path() / "a", "some content"),
                                 write_file_atomically(path() / "b", std::string(3'000'000, 'x'))};
    write_manifest(path(), files);
  }
};

std::string damage_in(const fs::path& folder) {
  try {
    verify_manifest(folder);
  } catch (const DamagedFileError& error) {
    return error.what();
  }
  return "none";
}

TEST_CASE("manifest: a folder that is whole passes, also with other files in it") {
  const ListedFolder folder;
  CHECK(has_manifest(folder.path()));
  CHECK(damage_in(folder.path()) == "none");
  folder.put("c", "not listed");
  CHECK(damage_in(folder.path()) == "none");
  CHECK_NOTHROW(verify_file(folder.path(), "b"));
  CHECK_THROWS_WITH(verify_file(folder.path(), "c"), ContainsSubstring("c: is not listed in checksums.json"));
  CHECK(content_of(folder / "checksums.json").find(R"("bytes": 12)") != std::string::npos);
}

TEST_CASE("manifest: each kind of damage is told, with the file") {
  {
    const ListedFolder folder;
    fs::remove(folder / "a");
    CHECK_THAT(damage_in(folder.path()), ContainsSubstring("/a: cannot be read: there is no such file"));
  }
  {
    const ListedFolder folder;
    fs::resize_file(folder / "b", 2'999'999);
    CHECK_THAT(damage_in(folder.path()),
               ContainsSubstring("/b: is damaged: it has 2999999 bytes, checksums.json says 3000000"));
  }
  {
    const ListedFolder folder;
    std::string content = content_of(folder / "b");
    content[2'345'678] ^= 1;
    folder.put("b", content);
    CHECK_THAT(damage_in(folder.path()), ContainsSubstring("/b: is damaged: its checksum is "));
    CHECK_NOTHROW(verify_file(folder.path(), "a"));
    CHECK_THROWS_AS(verify_file(folder.path(), "b"), DamagedFileError);
  }
  {
    const ListedFolder folder;
    fs::remove(folder / "a");
    fs::create_directory(folder / "a");
    CHECK_THAT(damage_in(folder.path()), ContainsSubstring("/a: cannot be read"));
  }
  {
    const ListedFolder folder;
    fs::remove(folder / "checksums.json");
    CHECK_FALSE(has_manifest(folder.path()));
    CHECK_THAT(damage_in(folder.path()), ContainsSubstring("checksums.json: cannot be read"));
  }
}

TEST_CASE("manifest: a list that is none is damage, and its names stay in the folder") {
  const ListedFolder folder;
  for (const char* content :
       {"", "{", "[]", "7", R"({"a": 12})", R"({"a": {"bytes": 12}})", R"({"a": {"bytes": -1, "crc32c": "00000000"}})",
        R"({"a": {"bytes": 1e300, "crc32c": "00000000"}})", R"({"a": {"bytes": 12, "crc32c": 5}})",
        R"({"../a": {"bytes": 12, "crc32c": "00000000"}})", R"({"": {"bytes": 12, "crc32c": "00000000"}})"}) {
    folder.put("checksums.json", content);
    INFO(content);
    CHECK_THAT(damage_in(folder.path()), ContainsSubstring("checksums.json"));
  }
}

}  // namespace manifest_test
