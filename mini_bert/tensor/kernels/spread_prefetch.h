#pragma once

#include "mini_bert/tensor/simd/kernels.h"

namespace mini_bert::simd {

// Prefetches memory evenly over the steps of a loop. A tile asks for what the next tiles need while it multiplies. If
// it asked for all at once, the CPU could not queue so many requests and would stop multiplying, and memory would rest
// after that.
template <Index WIDTH>  // floats of a row
class SpreadPrefetch {
 public:
  SpreadPrefetch(Fetched memory, Index steps)
      : next_(memory.begin),
        end_(memory.begin + memory.rows * memory.ld),
        until_(next_),
        ld_(memory.ld),
        share_(steps == 0 ? 0 : ((end_ - next_) * every + steps - 1) / steps) {}

  // To be called in step 0, 1, 2, …
  void step(Index i) {
    if (i % every != 0) return;
    until_ = end_ - until_ > share_ ? until_ + share_ : end_;
    for (; next_ < until_; next_ += ld_) {
#pragma GCC unroll 64
      for (Index j = 0; j < WIDTH; j += line) __builtin_prefetch(next_ + j, 0, 2);  // into the second-level cache
    }
  }

 private:
  static constexpr Index line = 16, every = 4;  // floats of a line of the cache; steps
  const float *next_, *end_, *until_;
  Index ld_, share_;
};

}  // namespace mini_bert::simd
