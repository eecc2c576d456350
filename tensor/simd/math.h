#pragma once

// Functions of one register of floats; F is F32x8 or F32x16. The errors stated are the largest over all floats of the
// range, found by trying them against the function in double.
namespace mini_bert::simd {

// eˣ = 2ⁿ·eʳ with n = round(x/ln 2), so |r| ≤ ln 2/2. ln 2 is taken off in two parts, the first of so few bits that
// n·ln2_high is exact. eʳ = 1 + r + r²·p(r), p of degree 4 fitted for the least relative error (3·10⁻⁹).
// 0 below −87.3 and +∞ above 88.3, where 2ⁿ or the result leaves the range of normal floats; NaN stays NaN.
template <class F>
F exp(F x) {
  constexpr float lowest = -87.3f, highest = 88.3f, ln2_high = 0x1.62ep-1f, ln2_low = 0x1.0bfbe8p-15f;
  // x second, so that a NaN comes through.
  const F bounded = min(F(highest), max(F(lowest), x));
  const F n = round(bounded * F(0x1.715476p+0f));
  const F r = fnma(n, F(ln2_low), fnma(n, F(ln2_high), bounded));
  F p = F(0x1.6a23cep-10f);
  p = fma(p, r, F(0x1.123a20p-7f));
  p = fma(p, r, F(0x1.5558f2p-5f));
  p = fma(p, r, F(0x1.555492p-3f));
  p = fma(p, r, F(0x1.fffffcp-2f));
  const F e_r = fma(p * r, r, r) + F(1.0f);
  const F power = from_bits((to_integer(n) + typename F::Bits(127)) << 23);
  const F y = e_r * power;
  return select(x < F(lowest), F(0.0f), select(F(highest) < x, F(__builtin_inff()), y));
}

}  // namespace mini_bert::simd
