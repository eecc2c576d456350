#include "mini_bert/files/folder_lock.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <optional>

#include "tests/catch.h"
#include "tests/files/temporary_folder.h"

using namespace mini_bert;
using namespace mini_bert::test;

namespace folder_lock_test {

std::string lock_error(const std::filesystem::path& folder) {
  return error_of([&] { const FolderLock lock(folder); });
}

TEST_CASE("folder lock: the second one is told who has it, until the first one ends") {
  const TemporaryFolder folder;
  {
    const FolderLock lock(folder.path());
    CHECK_THAT(lock_error(folder.path()),
               ContainsSubstring(fmt::format("process {} is writing to this folder now; wait", ::getpid())));
    CHECK(folder.names() == std::vector<std::string>{"run.lock"});
  }
  CHECK(folder.names().empty());
  CHECK(lock_error(folder.path()) == "no error");
}

TEST_CASE("folder lock: it ends with a process that is killed, and the file it leaves is no lock") {
  const TemporaryFolder folder;
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const FolderLock lock(folder.path());
    folder.put("ready", "");
    for (;;) ::pause();
  }
  while (!std::filesystem::exists(folder / "ready")) ::usleep(1000);
  CHECK_THAT(lock_error(folder.path()), ContainsSubstring(fmt::format("process {} is writing", child)));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  CHECK(std::filesystem::exists(folder / "run.lock"));
  CHECK(lock_error(folder.path()) == "no error");
}

TEST_CASE("folder lock: the holder on another machine is named with it; nonsense is another process") {
  const TemporaryFolder folder;
  const FolderLock lock(folder.path());
  const auto with_content = [&](const char* content) {
    folder.put("run.lock", content);
    return lock_error(folder.path());
  };
  CHECK_THAT(with_content("12 elsewhere\n"), ContainsSubstring("process 12 on elsewhere is writing"));
  CHECK_THAT(with_content(""), ContainsSubstring("another process is writing"));
  CHECK_THAT(with_content("12"), ContainsSubstring("another process is writing"));
}

TEST_CASE("folder lock: a folder that is missing is named") {
  const TemporaryFolder folder;
  CHECK_THAT(lock_error(folder / "none"), ContainsSubstring("run.lock: cannot be written"));
}

}  // namespace folder_lock_test
