#pragma once

#include "mini_bert/tensor/simd/kernels.h"

namespace mini_bert::simd {

// Prefetches memory evenly over the steps of a loop. A tile asks for what the next tiles need while it multiplies. If
// it asked for all at once, the CPU could not queue so many requests and would stop multiplying, and memory would rest
// after that. <F> is not used: it keeps the copies of this code apart that are compiled for different CPUs.
template <class F>
class SpreadPrefetch {
 public:
  SpreadPrefetch(const Fetched& memory, Index steps)
      : next_(memory.begin),
        row_end_(memory.begin + memory.lines * Fetched::line),
        ld_(memory.ld),
        to_next_row_(memory.ld - memory.lines * Fetched::line),
        left_(memory.rows * memory.lines),
        share_(steps == 0 ? 0 : (left_ * every + steps - 1) / steps) {}

  // To be called in step 0, 1, 2, …
  void step(Index i) {
    if (i % every != 0) return;
    Index lines = left_ < share_ ? left_ : share_;  // the same number each time: the CPU predicts the loop
    left_ -= lines;
    for (; lines > 0; --lines) {
      __builtin_prefetch(next_, 0, 2);  // into the second-level cache
      next_ += Fetched::line;
      const bool ends = next_ == row_end_;
      next_ += ends ? to_next_row_ : 0;
      row_end_ += ends ? ld_ : 0;
    }
  }

 private:
  static constexpr Index every = 4;  // steps
  const std::byte *next_, *row_end_;
  Index ld_, to_next_row_, left_, share_;  // the last two in lines
};

}  // namespace mini_bert::simd
