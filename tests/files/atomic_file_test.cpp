#include "mini_bert/files/atomic_file.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "tests/catch.h"
#include "tests/files/temporary_folder.h"

using namespace mini_bert;
using namespace mini_bert::test;
namespace fs = std::filesystem;

TEST_CASE("atomic file: writes, replaces, and leaves nothing else") {
  const TemporaryFolder folder;
  write_file_atomically(folder / "a.txt", "one");
  CHECK(content_of(folder / "a.txt") == "one");
  write_file_atomically(folder / "a.txt", "");
  CHECK(content_of(folder / "a.txt").empty());
  AtomicFile file(folder / "a.txt");
  file.write("two ");
  file.write(std::as_bytes(std::span("three", 5)));
  CHECK(content_of(folder / "a.txt").empty());  // not before commit()
  file.commit();
  CHECK(content_of(folder / "a.txt") == "two three");
  CHECK(folder.names().size() == 1);
  CHECK_THAT(error_of([&] { file.write("more"); }), ContainsSubstring("after commit()"));
  CHECK_THAT(error_of([&] { file.commit(); }), ContainsSubstring("after commit()"));
}

TEST_CASE("atomic file: without commit the old content stays") {
  const TemporaryFolder folder;
  folder.put("a", "old");
  {
    AtomicFile file(folder / "a");
    file.write("new");
  }
  CHECK(content_of(folder / "a") == "old");
  CHECK(folder.names().size() == 1);
}

TEST_CASE("atomic file: what a killed process left is taken over") {
  const TemporaryFolder folder;
  folder.put("a.tmp", "a longer piece of something");
  write_file_atomically(folder / "a", "new");
  CHECK(content_of(folder / "a") == "new");
  CHECK(folder.names().size() == 1);
}

TEST_CASE("atomic file: two writers of one path do not mix") {
  const TemporaryFolder folder;
  AtomicFile first(folder / "a");
  first.write("first");
  CHECK_THAT(error_of([&] { AtomicFile second(folder / "a"); }),
             ContainsSubstring("another process is writing it now"));
  first.commit();
  CHECK(content_of(folder / "a") == "first");
  write_file_atomically(folder / "a", "second");
  CHECK(content_of(folder / "a") == "second");
}

TEST_CASE("atomic file: moving one moves the attempt") {
  const TemporaryFolder folder;
  AtomicFile file(folder / "a");
  file.write("1");
  AtomicFile moved = std::move(file);
  moved.write("2");
  moved.commit();
  CHECK(content_of(folder / "a") == "12");
  CHECK(error_of([&] { file.write("3"); }) != "no error");  // NOLINT(bugprone-use-after-move)
}

TEST_CASE("atomic file: where no file can be written, the message says why") {
  const TemporaryFolder folder;
  folder.put("file", "x");
  fs::create_directory(folder / "folder");
  fs::create_directory(folder / "taken.tmp");
  fs::create_symlink(folder / "file", folder / "linked.tmp");
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  const auto error = [&](const fs::path& path) { return error_of([&] { write_file_atomically(path, "new"); }); };
  CHECK_THAT(error(folder / "missing/a"),
             ContainsSubstring("missing/a: cannot be written: there is no such file or folder"));
  CHECK_THAT(error(folder / "file/a"), ContainsSubstring("file/a: cannot be written: a part of the path is a file"));
  CHECK_THAT(error(folder / "folder"), ContainsSubstring("it is a folder; name a file"));
  CHECK_THAT(error(folder / "folder/"), ContainsSubstring("it is a folder; name a file"));
  CHECK_THAT(error(folder / "pipe"), ContainsSubstring("it is a device or a pipe"));
  CHECK_THAT(error("/dev/null"), ContainsSubstring("it is a device or a pipe"));
  CHECK_THAT(error("/proc/version"), ContainsSubstring("cannot be written"));
  CHECK_THAT(error(folder / std::string(300, 'n')), ContainsSubstring("the name is too long"));
  CHECK_THAT(error(folder / "taken"), ContainsSubstring("taken.tmp: cannot be written: it is a folder"));
  CHECK_THAT(error(folder / "linked"), ContainsSubstring("symbolic links"));
  CHECK_THAT(error(""), ContainsSubstring("name a file"));
  CHECK(content_of(folder / "file") == "x");
}

TEST_CASE("atomic file: killed at any moment, the path holds the old content or the new") {
  const TemporaryFolder folder;
  const fs::path path = folder / "weights";
  // Each content is one letter; the letter tells its length.
  const auto content = [](int turn) {
    return std::string(static_cast<std::size_t>(1 + turn % 26 * 40'000), static_cast<char>('a' + turn % 26));
  };
  write_file_atomically(path, content(0));
  for (int kill = 0; kill < 40; ++kill) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      for (int turn = 0;; ++turn) write_file_atomically(path, content(turn));
    }
    ::usleep(static_cast<useconds_t>(500 + 613 * kill));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    const std::string found = content_of(path);
    REQUIRE_FALSE(found.empty());
    REQUIRE(found == content(found[0] - 'a'));
    REQUIRE(folder.names().size() <= 2);  // the file and at most one temporary
  }
  write_file_atomically(path, "end");
  CHECK(folder.names().size() == 1);
}
