#include "mini_bert/files/replace_together.h"

#include <algorithm>

#include "mini_bert/files/atomic_file.h"
#include "mini_bert/files/remove_folder.h"
#include "tests/catch.h"
#include "tests/files/failing_calls.h"

using namespace mini_bert;
using namespace mini_bert::test;
namespace fs = std::filesystem;

namespace replace_together_test {

// A model of three files, of which "c" is optional.
const FileSet abc = {.contains = [](std::string_view name) { return name == "a" || name == "b" || name == "c"; },
                     .key = "a"};

void write_set(const fs::path& folder, const std::string& content) {
  replace_together(folder, abc, [&](const fs::path& staging) {
    for (const char* name : {"b", "a"}) write_file_atomically(staging / name, content);
    if (content == "old") write_file_atomically(staging / "c", content);
  });
}

// A folder "out" with the old set, and what else a run has there.
struct RunFolder : TemporaryFolder {
  RunFolder() {
    fs::create_directories(path() / "out/checkpoint-5/deep");
    fs::create_symlink("log", path() / "out/link");
    put("out/log", "rows");
    put("out/checkpoint-5/deep/weights", "numbers");
    write_set(path() / "out", "old");
  }

  void check_others_stay() const {
    CHECK(content_of(path() / "out/log") == "rows");
    CHECK(content_of(path() / "out/checkpoint-5/deep/weights") == "numbers");
    CHECK(fs::read_symlink(path() / "out/link") == "log");
  }

  // "old", "new", or "none" when the key is missing; "mixed" is what must never be.
  std::string state() const {
    const std::string a = content_of(path() / "out/a"), b = content_of(path() / "out/b"),
                      c = content_of(path() / "out/c");
    if (a.empty()) return "none";
    if (a == "old" && b == "old" && c == "old") return "old";
    return a == "new" && b == "new" && c.empty() ? "new" : "mixed";
  }
};

TEST_CASE("replace together: the new files take the place of the old ones, and everything else stays") {
  const RunFolder folder;
  REQUIRE(folder.state() == "old");
  fs::permissions(folder / "out", fs::perms::owner_all);
  std::ofstream log(folder / "out/log", std::ios::app);  // of a run that goes on writing
  write_set(folder / "out", "new");
  CHECK(folder.state() == "new");
  folder.check_others_stay();
  CHECK(fs::status(folder / "out").permissions() == fs::perms::owner_all);
  log << " and more" << std::flush;
  CHECK(content_of(folder / "out/log") == "rows and more");
  CHECK(folder.names() == std::vector<std::string>{"out"});
}

TEST_CASE("replace together: a folder that is a link to another one") {
  const RunFolder folder;
  fs::rename(folder / "out", folder / "real");
  fs::create_symlink("real", folder / "out");
  write_set(folder / "out", "new");
  CHECK(folder.state() == "new");
  CHECK(fs::is_symlink(folder / "out"));
}

TEST_CASE("replace together: where folders cannot be swapped, file by file") {
  const RunFolder folder;
  CHECK(error_under({.no_exchange = 1}, [&] { write_set(folder / "out", "new"); }) == "no error");
  CHECK(folder.state() == "new");
  folder.check_others_stay();
  CHECK(folder.names() == std::vector<std::string>{"out"});
  CHECK_FALSE(fs::exists(folder / "out/new_files.tmp"));
}

TEST_CASE("replace together: the folder that a process works in is not taken away from it") {
  const RunFolder folder;
  const fs::path before = fs::current_path();
  fs::current_path(folder / "out/checkpoint-5");
  write_set(folder / "out", "new");
  const std::string here = content_of("deep/weights");
  fs::current_path(before);
  CHECK(here == "numbers");
  CHECK(folder.state() == "new");
}

TEST_CASE("replace together: a folder with the name of a file is not removed") {
  const RunFolder folder;
  fs::remove(folder / "out/b");
  fs::create_directory(folder / "out/b");
  CHECK_THAT(error_of([&] { write_set(folder / "out", "new"); }),
             ContainsSubstring("out/b: cannot be written: it is a folder"));
  CHECK(content_of(folder / "out/a") == "old");
}

TEST_CASE("replace together: killed before any call, the folder never mixes old files with new ones") {
  for (const int no_exchange : {0, 1}) {
    int calls = 1;
    std::string last = "old";
    for (bool killed = true; killed; ++calls) {
      CAPTURE(calls, no_exchange);
      REQUIRE(calls < 500);
      const RunFolder folder;
      killed = killed_before_call(
          calls, [&] { write_set(folder / "out", "new"); }, no_exchange);
      const std::string state = folder.state();
      REQUIRE(state != "mixed");
      if (no_exchange == 0) REQUIRE(state != "none");
      REQUIRE((last != "new" || state == "new"));
      folder.check_others_stay();
      last = state;
      // The next attempt puts things right, and nothing is left behind.
      remove_half_replaced(folder / "out");
      write_set(folder / "out", "new");
      REQUIRE(folder.state() == "new");
      REQUIRE(folder.names() == std::vector<std::string>{"out"});
    }
    CHECK(calls > 20);
    CHECK(last == "new");
  }
}

TEST_CASE("remove folder: killed before any call, the path holds all of the folder or nothing") {
  int calls = 1;
  for (bool killed = true; killed; ++calls) {
    CAPTURE(calls);
    REQUIRE(calls < 100);
    const TemporaryFolder folder;
    fs::create_directories(folder / "c/deep");
    for (const char* name : {"c/a", "c/b", "c/deep/d"}) folder.put(name, "x");
    killed = killed_before_call(calls, [&] { remove_folder(folder / "c"); });
    if (fs::exists(folder / "c")) {
      for (const char* name : {"c/a", "c/b", "c/deep/d"}) REQUIRE(content_of(folder / name) == "x");
    }
    remove_folder(folder / "c");
    REQUIRE(folder.names().empty());
    remove_folder(folder / "c");  // nothing is there
  }
  CHECK(calls > 5);
}

}  // namespace replace_together_test
