#pragma once

#include <exception>

// Memory that runs out inside a test. failing_new.cpp replaces `operator new` by one that fails on demand.
namespace mini_bert::test {

// Counts the calls of the test's thread, only while `fail_at` is not 0.
struct FailingNew {
  int fail_at = 0;  // the call that fails, from 1
  int calls = 0;    // calls so far
};

extern thread_local FailingNew failing_new;

// Does `action` again and again. Its first allocation fails, the next time its second, until all succeed. `check` looks
// at what each failure has left behind. Returns the number of allocations.
template <class Action, class Check>
int fail_each_new(const Action& action, const Check& check) {
  for (int call = 1;; ++call) {
    failing_new = {.fail_at = call};
    try {
      action();
    } catch (const std::exception&) {
    }
    const int calls = failing_new.calls;
    failing_new = {};
    if (calls < call) return calls;
    check();
  }
}

template <class Action>
int fail_each_new(const Action& action) {
  return fail_each_new(action, [] {});
}

}  // namespace mini_bert::test
