#pragma once

#include "mini_bert/tensor/shape.h"

// How a loop passes over an array of n elements in registers of type F: whole registers first, then the lanes of the
// rest.
namespace mini_bert::simd {

// Returns x. Instruction sets with only 16 registers overload it to keep x in a register: a compiler that is short of
// registers may otherwise load x again at every use.
template <class F>
F in_register(F x) {
  return x;
}

// How the body of a loop reads and writes its register: all lanes, or the first n lanes.
template <class F>
struct WholeRegister {
  template <class Element>
  static F load(const Element* p) {
    return F::load(p);
  }
  template <class Element>
  static void store(F x, Element* p) {
    x.store(p);
  }
  static F only(F x) { return x; }
};
template <class F>
struct FirstLanes {
  Index n;

  template <class Element>
  F load(const Element* p) const {
    return F::load(p, n);
  }
  template <class Element>
  void store(F x, Element* p) const {
    x.store(p, n);
  }
  // x with 0 in the lanes beyond the first n, for sums.
  F only(F x) const {
    float lanes[F::lanes];
    x.store(lanes);
    return F::load(lanes, n);
  }
};

// Calls body(i, lanes) for i = 0, F::lanes, 2·F::lanes, …. The body reads the elements from i on with lanes.load(p + i)
// and writes them with lanes.store(x, p + i).
template <class F, class Body>
void for_each_register(Index n, const Body& body) {
  Index i = 0;
  for (; i + F::lanes <= n; i += F::lanes) body(i, WholeRegister<F>{});
  if (i < n) body(i, FirstLanes<F>{n - i});
}

// The same with `COUNT` sums: body(i, lanes, F (&sums)[COUNT]) adds to them, and totals[c] becomes their total. Four
// sets of sums take turns, so that an addition does not wait for the one before it.
template <class F, int COUNT, class Body>
void sum_over_registers(Index n, float (&totals)[COUNT], const Body& body) {
  constexpr Index sets = 4;
  F sums[sets][COUNT];
#pragma GCC unroll 8
  for (Index s = 0; s < sets; ++s) {  // NOLINT(modernize-loop-convert): like the loops below
#pragma GCC unroll 4
    for (int c = 0; c < COUNT; ++c) sums[s][c] = F(0.0f);
  }
  Index i = 0;
  for (; i + sets * F::lanes <= n; i += sets * F::lanes) {
#pragma GCC unroll 8
    for (Index s = 0; s < sets; ++s) body(i + s * F::lanes, WholeRegister<F>{}, sums[s]);
  }
  for (; i + F::lanes <= n; i += F::lanes) body(i, WholeRegister<F>{}, sums[0]);
  if (i < n) body(i, FirstLanes<F>{n - i}, sums[0]);
#pragma GCC unroll 4
  for (int c = 0; c < COUNT; ++c) totals[c] = sum((sums[0][c] + sums[1][c]) + (sums[2][c] + sums[3][c]));
}

// y = x, or y += x.
template <class Lanes, class F, class Element>
void put(const Lanes& lanes, F x, bool accumulate, Element* y) {
  lanes.store(accumulate ? lanes.load(y) + x : x, y);
}

}  // namespace mini_bert::simd
