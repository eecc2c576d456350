#pragma once

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <string>

#include "tests/files/temporary_folder.h"

// Calls of the C library that fail on demand. The definitions below replace the library's, so that exactly one file of
// a test program may include this header.
namespace mini_bert::test {

// Calls are counted only while a test arms them, in the thread of the test.
struct Fault {
  bool armed = false;
  int error = 0;        // errno of the call that fails; 0: none fails
  int fail_at = 0;      // which call of those counted, from 1
  int calls = 0;        // counted so far
  int most_bytes = 0;   // a write takes at most so many; 0: all
  int interrupts = 0;   // so many calls fail with EINTR first
  int no_exchange = 0;  // the file system cannot swap two folders
};
inline thread_local Fault fault;

inline bool fails() {
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

}  // namespace mini_bert::test

extern "C" ssize_t write(int file, const void* bytes, size_t count) {
  using mini_bert::test::fault;
  if (mini_bert::test::fails()) return -1;
  if (fault.armed && fault.most_bytes > 0) count = std::min(count, static_cast<size_t>(fault.most_bytes));
  return ::syscall(SYS_write, file, bytes, count);
}
extern "C" int fsync(int file) {
  return mini_bert::test::fails() ? -1 : static_cast<int>(::syscall(SYS_fsync, file));
}
extern "C" int rename(const char* from, const char* to) noexcept {
  return mini_bert::test::fails() ? -1 : static_cast<int>(::syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}
extern "C" int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) noexcept {
  if (mini_bert::test::fault.armed && mini_bert::test::fault.no_exchange != 0) {
    errno = EINVAL;
    return -1;
  }
  return mini_bert::test::fails() ? -1
                                  : static_cast<int>(::syscall(SYS_renameat2, from_folder, from, to_folder, to, flags));
}

namespace mini_bert::test {

// The error of `action` under a fault.
template <class Action>
std::string error_under(Fault planned, const Action& action) {
  fault = planned;
  fault.armed = true;
  const std::string message = error_of(action);
  fault.armed = false;
  return message;
}

}  // namespace mini_bert::test
