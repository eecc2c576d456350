#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "mini_bert/base/error.h"
#include "tests/files/temporary_folder.h"

// Simulates a disk that fails. failing_calls.cpp replaces write(), fsync(), rename() and renameat2() of the C library
// with versions that fail on demand, and all calls that change files with versions that kill the process on demand.
namespace mini_bert::test {

// Calls are counted only while a test arms the fault, and only in the thread of the test.
struct Fault {
  bool armed = false;
  int error = 0;        // errno of the call that fails; 0: no call fails
  int fail_at = 0;      // the position of that call among the counted calls, from 1
  int calls = 0;        // calls counted so far
  int most_bytes = 0;   // the most bytes that a write takes; 0: no limit
  int interrupts = 0;   // the number of calls that fail with EINTR first
  int no_exchange = 0;  // not 0: the file system cannot swap two folders
  int kill_at = 0;      // the process is killed before this call among those that change files, from 1
  int changes = 0;      // such calls counted so far: the above and link, unlink, mkdir, rmdir, ftruncate
};

extern thread_local Fault fault;

// Does `action` in a child process that is killed before its call number `kill_at` that changes files. Returns whether
// the child was killed; false: it made fewer calls and ended.
template <class Action>
bool killed_before_call(int kill_at, const Action& action, int no_exchange = 0) {
  const pid_t child = ::fork();
  require(child >= 0, "test: cannot start a process");
  if (child == 0) {
    fault = {.armed = true, .no_exchange = no_exchange, .kill_at = kill_at};
    try {
      action();
    } catch (...) {
      ::_exit(1);
    }
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  require(WIFSIGNALED(status) || WEXITSTATUS(status) == 0, "test: the child ended with an error");
  return WIFSIGNALED(status);
}

// The error message of `action` under a fault.
template <class Action>
std::string error_under(Fault planned, const Action& action) {
  fault = planned;
  fault.armed = true;
  const std::string message = error_of(action);
  fault.armed = false;
  return message;
}

}  // namespace mini_bert::test
