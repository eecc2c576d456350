#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mini_bert {

// Where the time of a run goes, by operation. Off unless asked for; then every Timed adds to the row of its name.
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

// Times its own life for one operation. Inside another Timed of the same thread it pauses the outer one, so times add
// up to the whole.
class Timed {
 public:
  explicit Timed(std::string_view name, Pass pass = Pass::forward);
  ~Timed();
  Timed(const Timed&) = delete;
  Timed& operator=(const Timed&) = delete;

  // The operation that is being timed on this thread, whether or not times are kept; empty outside of one.
  static std::string_view current();

 private:
  using Clock = std::chrono::steady_clock;
  std::string_view name_;
  Pass pass_;
  Timed* outer_;
  Clock::time_point begin_;
  Clock::duration inside_{};  // spent in inner ones
};

}  // namespace profile
}  // namespace mini_bert
