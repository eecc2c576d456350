#pragma once

// Functions of one register of floats; <F> is F32x4, F32x8 or F32x16. The stated errors are the largest over all floats
// of the range, compared with the function in double. An ulp is the distance between neighbouring floats of the size of
// the result. On simd128, whose fma rounds twice, erf errs by 6.4 ulp and tanh by 6.5 (measured on every 37th float).
namespace mini_bert::simd {

// eˣ = 2ⁿ·eʳ with n = round(x/ln 2), so |r| ≤ ln 2/2. n·ln 2 is subtracted in two parts; the first has so few bits that
// n·ln2_high is exact. eʳ = 1 + r + r²·p(r), where p has degree 4 and the least relative error (3·10⁻⁹).
// 0 below −87.3 and +∞ above 88.3, where 2ⁿ or the result leaves the range of normal floats; NaN stays NaN.
// Error 1.02 ulp.
template <class F>
F exp(F x) {
  constexpr float lowest = -87.3f, highest = 88.3f, ln2_high = 0x1.62ep-1f, ln2_low = 0x1.0bfbe8p-15f;
  // x is the second operand, so that NaN stays NaN.
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

// erf(x) = x·p(x²)/q(x²) for |x| ≤ 3.925, beyond which it rounds to ±1; p and q have degree 5 and the least relative
// error (2·10⁻⁸). Error 6.0 ulp, 3.6·10⁻⁷ of the result; 1.4 ulp where |x| is below 10⁻³⁰.
template <class F>
F erf(F x) {
  const F bounded = min(F(3.925f), max(F(-3.925f), x)), z = bounded * bounded;
  F p = F(0x1.129cd0p-19f), q = F(0x1.3f2ae8p-15f);
  p = fma(p, z, F(0x1.2aae2ep-12f));
  q = fma(q, z, F(0x1.311970p-10f));
  p = fma(p, z, F(0x1.ee7a58p-9f));
  q = fma(q, z, F(0x1.eaf874p-7f));
  p = fma(p, z, F(0x1.b04958p-5f));
  q = fma(q, z, F(0x1.d3b170p-4f));
  p = fma(p, z, F(0x1.86563cp-3f));
  q = fma(q, z, F(0x1.0125eap-1f));
  p = fma(p, z, F(0x1.20dd74p+0f));
  q = fma(q, z, F(1.0f));
  return min(F(1.0f), max(F(-1.0f), bounded * p / q));
}

// tanh(x) = x·p(x²)/q(x²) for |x| ≤ 9.02, beyond which it rounds to ±1; p and q have degree 4 and the least relative
// error (2·10⁻⁸). Error 5.5 ulp, 3.3·10⁻⁷ of the result.
template <class F>
F tanh(F x) {
  const F bounded = min(F(9.02f), max(F(-9.02f), x)), z = bounded * bounded;
  F p = F(0x1.c9a2e8p-27f), q = F(0x1.a0b7cep-21f);
  p = fma(p, z, F(0x1.59550ep-16f));
  q = fma(q, z, F(0x1.5841a6p-12f));
  p = fma(p, z, F(0x1.c9f832p-9f));
  q = fma(q, z, F(0x1.a7df14p-6f));
  p = fma(p, z, F(0x1.12043cp-3f));
  q = fma(q, z, F(0x1.de5768p-2f));
  p = fma(p, z, F(1.0f));
  q = fma(q, z, F(1.0f));
  return min(F(1.0f), max(F(-1.0f), bounded * p / q));
}

// log x = e·ln 2 + log(1+f) with x = 2ᵉ·(1+f) and √½ ≤ 1+f < √2; log(1+f) = f − f²/2 + f³·p(f), where p has degree 8
// and the least relative error (10⁻⁹). −∞ at 0, NaN below 0; +∞ and NaN stay what they are. Error 0.82 ulp.
template <class F>
F log(F x) {
  using Bits = typename F::Bits;
  constexpr float ln2_high = 0x1.62ep-1f, ln2_low = 0x1.0bfbe8p-15f, smallest_normal = 0x1p-126f;
  const auto denormal = x < F(smallest_normal);
  const Bits word = bits(select(denormal, x * F(0x1p23f), x));
  const Bits biased = (word + Bits(0x3f800000u - 0x3f3504f3u)) >> 23;  // e + 127; 0x3f3504f3 is √½
  const F f = from_bits(word - ((biased - Bits(127u)) << 23)) - F(1.0f);
  const F e = to_float(biased) - select(denormal, F(127.0f + 23.0f), F(127.0f));
  F p = F(0x1.1457a6p-4f);
  p = fma(p, f, F(-0x1.de3c16p-4f));
  p = fma(p, f, F(0x1.e6f06ap-4f));
  p = fma(p, f, F(-0x1.fc2208p-4f));
  p = fma(p, f, F(0x1.233768p-3f));
  p = fma(p, f, F(-0x1.555c4ep-3f));
  p = fma(p, f, F(0x1.99a4b6p-3f));
  p = fma(p, f, F(-0x1.000006p-2f));
  p = fma(p, f, F(0x1.555548p-2f));
  const F square = f * f;
  const F tail = fma(e, F(ln2_low), fma(p * f, square, square * F(-0.5f)));
  const F y = fma(e, F(ln2_high), f + tail);
  const F beyond = select(F(0.0f) < x, y, select(x < F(0.0f), F(__builtin_nanf("")), F(-__builtin_inff())));
  // For +∞ and NaN the comparison is false, and the result is x itself.
  return select(x < F(__builtin_inff()), beyond, x);
}

}  // namespace mini_bert::simd
