#include "mini_bert/base/folder.h"

#include <algorithm>

#include "tests/catch.h"
#include "tests/failing_new.h"
#include "tests/files/temporary_folder.h"

using namespace mini_bert;
using namespace mini_bert::test;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> sorted_names(const fs::path& folder) {
  std::vector<std::string> names = names_in(folder);
  std::ranges::sort(names);
  return names;
}

// A folder with files, a folder in a folder, and links: one leads nowhere, one to what must stay.
void fill(const TemporaryFolder& folder) {
  fs::create_directories(folder / "tree/inner/empty");
  fs::create_directories(folder / "kept");
  folder.put("kept/file", "x");
  folder.put("tree/.hidden", "x");
  folder.put("tree/inner/a name that is longer than a string holds without an allocation", "x");
  fs::create_symlink("nowhere", folder / "tree/dangling");
  fs::create_directory_symlink(folder / "kept", folder / "tree/link");
}

}  // namespace

TEST_CASE("folder: names") {
  const TemporaryFolder folder;
  fill(folder);
  CHECK(sorted_names(folder / "tree") == std::vector<std::string>{".hidden", "dangling", "inner", "link"});
  CHECK(names_in(folder / "tree/inner/empty").empty());
  CHECK_THAT(error_of([&] { names_in(folder / "none"); }),
             ContainsSubstring("/none: cannot be read: there is no such"));
  std::error_code error;
  CHECK(names_in(folder / "kept/file", error).empty());
  CHECK(error == std::errc::not_a_directory);
  CHECK(names_in(folder / "kept", error).size() == 1);
  CHECK_FALSE(error);
}

TEST_CASE("folder: a tree is removed, what its links lead to stays") {
  const TemporaryFolder folder;
  fill(folder);
  std::error_code error;
  for (const char* path : {"tree/link", "tree", "tree", "kept/file/below", "kept/file"}) {
    CAPTURE(path);
    remove_tree(folder / path, error);
    CHECK_FALSE(error);
    CHECK_FALSE(fs::exists(fs::symlink_status(folder / path)));
    CHECK(fs::exists(folder / "kept/file") == (std::string_view(path) != "kept/file"));
  }
  for (int i = 0; i < 3000; ++i) folder.put("kept/" + std::to_string(i), "");
  remove_tree(folder / "kept", error);
  CHECK_FALSE(error);
  CHECK(folder.names().empty());
}

TEST_CASE("folder: whichever allocation fails, an exception tells; removing needs none") {
  const TemporaryFolder folder;
  fill(folder);
  CHECK(fail_each_new([&] { sorted_names(folder / "tree/inner"); }) > 1);
  const fs::path tree = folder / "tree";
  std::error_code error;
  CHECK(fail_each_new([&] { remove_tree(tree, error); }) == 0);
  CHECK_FALSE(fs::exists(tree));
}
