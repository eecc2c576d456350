#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mini_bert {

// Measures how much of a run's time each operation takes. Off by default. When it is on, every Timed adds its time to
// the row of its name, except in a rehearsal (rehearsal.h), which computes nothing.
namespace profile {

enum class Pass { forward, backward };

struct Row {
  std::string name;
  double forward_seconds = 0, backward_seconds = 0;
  std::int64_t forward_calls = 0, backward_calls = 0;
};

void enable();
bool enabled();

// The operations timed so far, slowest first.
std::vector<Row> rows();

// Measures the time from its construction to its destruction and adds it to one operation. While it exists, an outer
// Timed of the same thread pauses, so that the times of all operations add up to the total.
class Timed {
 public:
  explicit Timed(std::string_view name, Pass pass = Pass::forward);
  ~Timed();
  Timed(const Timed&) = delete;
  Timed& operator=(const Timed&) = delete;

  // The operation that this thread is timing, also while profiling is off; empty outside of an operation.
  static std::string_view current();

 private:
  using Clock = std::chrono::steady_clock;
  std::string_view name_;
  Pass pass_;
  Timed* outer_;
  Clock::time_point begin_;
  Clock::duration inside_{};  // time spent in inner Timed objects
};

}  // namespace profile
}  // namespace mini_bert
