#pragma once

#include <string>

#include "tests/files/temporary_folder.h"

// Simulates a disk that fails. failing_calls.cpp replaces write(), fsync(), rename() and renameat2() of the C library
// with versions that fail on demand.
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
};

extern thread_local Fault fault;

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
