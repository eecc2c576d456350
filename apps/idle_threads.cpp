#include <unistd.h>

#include <climits>
#include <cstring>
#include <vector>

// Threads that wait for work soon go to sleep.
//
// Between two parallel loops the threads of GNU's OpenMP library spin: by default 300,000 times, which is milliseconds.
// When another program needs the processors, a thread that still has work then waits for threads that only spin, and a
// training run takes ten times as long or more. With 1,000 turns this does not happen, and a quiet machine loses
// nothing (docs/performance.md). The library reads GOMP_SPINCOUNT when it is loaded, so a program cannot set it for
// itself: it starts itself again, once, before any library has begun. If that is impossible, the program runs as it is.
// A user who sets GOMP_SPINCOUNT or OMP_WAIT_POLICY has chosen already.
namespace {

bool defines(const char* entry, const char* name) {
  const std::size_t length = std::strlen(name);
  return std::strncmp(entry, name, length) == 0 && entry[length] == '=';
}

void limit_spinning(int, char** arguments, char** environment) {
  static char turns[] = "GOMP_SPINCOUNT=1000";
  std::vector<char*> extended;
  for (char** entry = environment; *entry != nullptr; ++entry) {
    if (defines(*entry, "GOMP_SPINCOUNT") || defines(*entry, "OMP_WAIT_POLICY")) return;
    extended.push_back(*entry);
  }
  extended.push_back(turns);
  extended.push_back(nullptr);
  // The program's path rather than the link itself: ps and killall show the name of the file that was started.
  char path[PATH_MAX] = {};
  if (::readlink("/proc/self/exe", path, sizeof path - 1) > 0) ::execve(path, arguments, extended.data());
}

[[gnu::section(".preinit_array"), gnu::used]] void (*const before_libraries)(int, char**, char**) = limit_spinning;

}  // namespace
