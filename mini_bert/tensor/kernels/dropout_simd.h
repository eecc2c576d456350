#pragma once

#include "mini_bert/tensor/simd/loops.h"
#include "mini_bert/tensor/simd/philox.h"
#include "mini_bert/tensor/simd/registers.h"

namespace mini_bert::simd {

// Calls body(begin, count, factors) for pieces of n elements whose factors fit in the first-level cache. `first` is the
// index of element 0 in the mask. If p is 0, the factors are 1 and no random number is drawn.
template <class F, class Body>
void for_each_dropout_piece(double p, const RandomKey& key, std::uint64_t first, Index n, const Body& body) {
  constexpr Index piece = 512;
  float factors[piece];
  if (p == 0) {
    for (Index i = 0; i < piece; i += F::lanes) F(1.0f).store(factors + i);
  }
  for (Index begin = 0; begin < n; begin += piece) {
    const Index count = n - begin < piece ? n - begin : piece;
    if (p != 0) dropout_factors<F>(p, key, first + static_cast<std::uint64_t>(begin), count, factors);
    body(begin, count, factors);
  }
}

template <class F, class Element>
void dropout(const Element* x, double p, const RandomKey& key, std::uint64_t first, Index n, bool accumulate,
             Element* y) {
  for_each_dropout_piece<F>(p, key, first, n, [&](Index begin, Index count, const float* factors) {
    for_each_register<F>(count, [&](Index i, auto lanes) {
      put(lanes, lanes.load(x + begin + i) * lanes.load(factors + i), accumulate, y + begin + i);
    });
  });
}

template <class F, class Element>
constexpr DropoutLoops<Element> dropout_loops() {
  return {.forward = dropout<F, Element>};
}

}  // namespace mini_bert::simd
