#pragma once

#include <cstdint>

namespace mini_bert::test {

// A random number generator that Python can repeat in one line. The expected numbers of these tests come from
// scikit-learn 1.x, scipy and seqeval 1.2.2 on the same numbers.
class Draws {
 public:
  explicit Draws(std::uint32_t seed) : state_(seed) {}
  std::uint32_t below(std::uint32_t limit) {
    state_ = (state_ * 1103515245u + 12345u) & 0x7fffffffu;
    return (state_ >> 8) % limit;
  }

 private:
  std::uint32_t state_;
};

}  // namespace mini_bert::test
