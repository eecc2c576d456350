#pragma once

#include <string>

#include "tests/files/temporary_folder.h"

// What happens when the disk fails: failing_calls.cpp puts write(), fsync(), rename() and renameat2() in front of the C
// library's, and they fail on demand.
namespace mini_bert::test {

// The calls are counted only while a test arms them, in the thread of the test.
struct Fault {
  bool armed = false;
  int error = 0;        // errno of the call that fails; 0: none fails
  int fail_at = 0;      // which call of those counted, from 1
  int calls = 0;        // counted so far
  int most_bytes = 0;   // a write takes at most so many; 0: all
  int interrupts = 0;   // so many calls fail with EINTR first
  int no_exchange = 0;  // the file system cannot swap two folders
};

extern thread_local Fault fault;

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
