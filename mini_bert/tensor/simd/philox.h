#pragma once

#include <cstdint>

#include "mini_bert/tensor/random.h"

// The random numbers of tensor/random.h, bit-identical, with one counter in each lane.
namespace mini_bert::simd {

// The words of the lanes' counters: x[w] holds word w of the counters first, first + 1, …
template <class F>
void philox(const RandomKey& key, std::uint64_t first, typename F::Bits (&x)[4]) {
  using Bits = typename F::Bits;
  const Bits start(static_cast<std::uint32_t>(first)), lane = Bits::iota(), low = start + lane;
  // The carry of the addition, where the lower half of a counter overflows.
  const Bits carry = ((start & lane) | ((start | lane) & (low ^ Bits(0xffffffffu)))) >> 31;
  x[0] = low;
  x[1] = Bits(static_cast<std::uint32_t>(first >> 32)) + carry;
  x[2] = Bits(key.step);
  x[3] = Bits(key.stream);
  auto k0 = static_cast<std::uint32_t>(key.seed), k1 = static_cast<std::uint32_t>(key.seed >> 32);
#pragma GCC unroll 10
  for (int round = 0; round < 10; ++round, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u) {
    Bits high_0 = x[0], low_0 = x[0], high_2 = x[2], low_2 = x[2];
    multiply_wide(x[0], Bits(0xD2511F53u), high_0, low_0);
    multiply_wide(x[2], Bits(0xCD9E8D57u), high_2, low_2);
    x[0] = high_2 ^ x[1] ^ Bits(k0);
    x[1] = low_2;
    x[2] = high_0 ^ x[3] ^ Bits(k1);
    x[3] = low_0;
  }
}

// Elements [first, first+count) of the dropout mask, as dropout_mask of tensor/kernels/dropout.h computes them.
template <class F>
void dropout_factors(double p, const RandomKey& key, std::uint64_t first, Index count, float* factors) {
  using Bits = typename F::Bits;
  constexpr Index group = 4 * F::lanes;
  const F kept(static_cast<float>(1.0 / (1.0 - p)));
  const F threshold(static_cast<float>(p) *
                    0x1p24f);  // compared with the 24 bits before they are scaled, which is exact
  const auto draw = [&](std::uint64_t counter, float* target) {
    Bits words[4] = {Bits(0u), Bits(0u), Bits(0u), Bits(0u)};
    philox<F>(key, counter, words);
    const auto factor = [&](Bits word) { return select(to_float(word >> 8) < threshold, F(0.0f), kept); };
    store_interleaved(factor(words[0]), factor(words[1]), factor(words[2]), factor(words[3]), target);
  };
  // Groups begin at a multiple of 4. Numbers of a group before `first` or beyond the end are drawn and not used.
  Index done = -static_cast<Index>(first % 4);
  for (std::uint64_t counter = first / 4; done < count; counter += F::lanes, done += group) {
    if (done >= 0 && done + group <= count) {
      draw(counter, factors + done);
    } else {
      float edge[group];
      draw(counter, edge);
      const Index begin = done < 0 ? 0 : done, end = done + group < count ? done + group : count;
      for (Index i = begin; i < end; ++i) factors[i] = edge[i - done];
    }
  }
}

}  // namespace mini_bert::simd
