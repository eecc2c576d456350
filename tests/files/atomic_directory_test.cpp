#include "mini_bert/files/atomic_directory.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "mini_bert/files/atomic_file.h"
#include "tests/catch.h"
#include "tests/failing_new.h"
#include "tests/files/temporary_folder.h"

using namespace mini_bert;
using namespace mini_bert::test;
namespace fs = std::filesystem;

namespace {

void write_checkpoint(const fs::path& path, const std::string& content) {
  AtomicDirectory checkpoint(path);
  write_file_atomically(checkpoint.staging() / "model", content);
  fs::create_directory(checkpoint.staging() / "state");
  write_file_atomically(checkpoint.staging() / "state/optimizer", content);
  checkpoint.commit();
}

bool holds(const fs::path& path, const std::string& content) {
  return content_of(path / "model") == content && content_of(path / "state/optimizer") == content;
}

}  // namespace

TEST_CASE("atomic directory: appears whole, is replaced whole") {
  const TemporaryFolder folder;
  const fs::path path = folder / "checkpoint-5";
  {
    AtomicDirectory checkpoint(path);
    CHECK(checkpoint.staging() == folder / "checkpoint-5.tmp");
    write_file_atomically(checkpoint.staging() / "model", "1");
    CHECK_FALSE(fs::exists(path));
    checkpoint.commit();
    CHECK(content_of(path / "model") == "1");
    CHECK_THAT(error_of([&] { checkpoint.commit(); }), ContainsSubstring("after commit()"));
  }
  write_checkpoint(path, "2");
  CHECK(holds(path, "2"));
  write_checkpoint(folder / "checkpoint-5/", "3");  // a slash at the end means the same
  CHECK(holds(path, "3"));
  CHECK(folder.names() == std::vector<std::string>{"checkpoint-5"});
}

TEST_CASE("atomic directory: without commit the old folder stays") {
  const TemporaryFolder folder;
  write_checkpoint(folder / "c", "old");
  {
    AtomicDirectory checkpoint(folder / "c");
    write_file_atomically(checkpoint.staging() / "model", "new");
  }
  CHECK(holds(folder / "c", "old"));
  CHECK(folder.names().size() == 1);
}

TEST_CASE("atomic directory: what a killed process left is removed") {
  const TemporaryFolder folder;
  fs::create_directories(folder / "c.tmp/deep/deeper");
  folder.put("c.tmp/model", "half of it");
  write_checkpoint(folder / "c", "new");
  CHECK(holds(folder / "c", "new"));
  CHECK(folder.names().size() == 1);
  CHECK_FALSE(fs::exists(folder / "c/deep"));
}

TEST_CASE("atomic directory: an old folder moved aside for a moment is moved back") {
  const TemporaryFolder folder;
  write_checkpoint(folder / "c.old.tmp", "old");
  { AtomicDirectory checkpoint(folder / "c"); }
  CHECK(holds(folder / "c", "old"));
  CHECK(folder.names().size() == 1);
}

TEST_CASE("atomic directory: two writers of one path do not mix") {
  const TemporaryFolder folder;
  AtomicDirectory first(folder / "c");
  write_file_atomically(first.staging() / "model", "1");
  CHECK_THAT(error_of([&] { AtomicDirectory second(folder / "c"); }),
             ContainsSubstring("another process is writing it"));
  first.commit();
  CHECK(content_of(folder / "c/model") == "1");
}

TEST_CASE("atomic directory: where no folder can be made, the message says why") {
  const TemporaryFolder folder;
  folder.put("file", "x");
  const auto error = [&](const fs::path& path) { return error_of([&] { AtomicDirectory checkpoint(path); }); };
  CHECK_THAT(error(folder / "missing/c"),
             ContainsSubstring("missing/c: cannot be written: there is no such file or folder"));
  CHECK_THAT(error(folder / "file"), ContainsSubstring("it is a file, not a folder"));
  CHECK_THAT(error(folder / "file/c"), ContainsSubstring("a part of the path is a file"));
  CHECK_THAT(error("."), ContainsSubstring("name a new folder"));
  CHECK_THAT(error("/"), ContainsSubstring("name a new folder"));
  CHECK_THAT(error(""), ContainsSubstring("name a new folder"));
}

TEST_CASE("atomic directory: killed at any moment, the folder is the old one or the new") {
  const TemporaryFolder folder;
  const fs::path path = folder / "c";
  const auto content = [](int turn) {
    return std::string(static_cast<std::size_t>(1 + turn % 26 * 10'000), static_cast<char>('a' + turn % 26));
  };
  write_checkpoint(path, content(0));
  for (int kill = 0; kill < 40; ++kill) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      for (int turn = 0;; ++turn) write_checkpoint(path, content(turn));
    }
    ::usleep(static_cast<useconds_t>(500 + 613 * kill));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    const std::string found = content_of(path / "model");
    REQUIRE_FALSE(found.empty());
    REQUIRE(holds(path, content(found[0] - 'a')));
    REQUIRE(folder.names().size() <= 2);
  }
}

TEST_CASE("atomic directory: whichever allocation fails, the path has a whole folder and nothing is left beside it") {
  const TemporaryFolder folder;
  const fs::path path = folder / "c";
  int failures = 0;
  fail_each_new([&] { write_checkpoint(path, "new"); },
                [&] {
                  ++failures;
                  CHECK((!fs::exists(path) || holds(path, "new")));
                  fs::remove_all(path);
                  CHECK(folder.names().empty());
                });
  CHECK(failures > 20);
  fail_each_new([&] { write_checkpoint(path, "newer"); },
                [&] {
                  CHECK((holds(path, "new") || holds(path, "newer")));
                  CHECK(folder.names() == std::vector<std::string>{"c"});
                  write_checkpoint(path, "new");
                });
}
