#include "tests/files/failing_calls.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

namespace mini_bert::test {

thread_local Fault fault;

}  // namespace mini_bert::test

namespace {

using mini_bert::test::fault;

void may_be_killed() {
  if (fault.armed && ++fault.changes == fault.kill_at) ::kill(::getpid(), SIGKILL);
}

bool fails() {
  may_be_killed();
  if (!fault.armed) return false;
  if (fault.interrupts > 0) {
    --fault.interrupts;
    errno = EINTR;
    return true;
  }
  if (++fault.calls != fault.fail_at) return false;
  errno = fault.error;
  return true;
}

}  // namespace

extern "C" ssize_t write(int file, const void* bytes, size_t count) {
  if (fails()) return -1;
  if (fault.armed && fault.most_bytes > 0) count = std::min(count, static_cast<size_t>(fault.most_bytes));
  return ::syscall(SYS_write, file, bytes, count);
}
extern "C" int fsync(int file) {
  return fails() ? -1 : static_cast<int>(::syscall(SYS_fsync, file));
}
extern "C" int rename(const char* from, const char* to) noexcept {
  return fails() ? -1 : static_cast<int>(::syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}
extern "C" int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) noexcept {
  if (fault.armed && fault.no_exchange != 0) {
    errno = EINVAL;
    return -1;
  }
  return fails() ? -1 : static_cast<int>(::syscall(SYS_renameat2, from_folder, from, to_folder, to, flags));
}
extern "C" int unlink(const char* path) noexcept {
  may_be_killed();
  return static_cast<int>(::syscall(SYS_unlinkat, AT_FDCWD, path, 0));
}
extern "C" int unlinkat(int folder, const char* path, int flags) noexcept {
  may_be_killed();
  return static_cast<int>(::syscall(SYS_unlinkat, folder, path, flags));
}
extern "C" int rmdir(const char* path) noexcept {
  may_be_killed();
  return static_cast<int>(::syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR));
}
extern "C" int mkdir(const char* path, mode_t mode) noexcept {
  may_be_killed();
  return static_cast<int>(::syscall(SYS_mkdirat, AT_FDCWD, path, mode));
}
extern "C" int linkat(int from_folder, const char* from, int to_folder, const char* to, int flags) noexcept {
  may_be_killed();
  return static_cast<int>(::syscall(SYS_linkat, from_folder, from, to_folder, to, flags));
}
extern "C" int ftruncate(int file, off_t length) noexcept {
  may_be_killed();
  return static_cast<int>(::syscall(SYS_ftruncate, file, length));
}
