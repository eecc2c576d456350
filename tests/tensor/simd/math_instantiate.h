#pragma once

#include "mini_bert/tensor/simd/math.h"
#include "mini_bert/tensor/simd/philox.h"
#include "tests/tensor/simd/math_functions.h"

namespace mini_bert::simd {

// y = f(x) by registers, the last of them in part.
template <class F, class From, class To, class Function>
void apply(const From* x, Index n, To* y, const Function& f) {
  Index i = 0;
  for (; i + F::lanes <= n; i += F::lanes) f(F::load(x + i)).store(y + i);
  if (i < n) f(F::load(x + i, n - i)).store(y + i, n - i);
}

template <class F>
constexpr MathFunctions make_math_functions() {
  return {
      .exp = [](const float* x, Index n, float* y) { apply<F>(x, n, y, [](F a) { return exp(a); }); },
      .erf = [](const float* x, Index n, float* y) { apply<F>(x, n, y, [](F a) { return erf(a); }); },
      .tanh = [](const float* x, Index n, float* y) { apply<F>(x, n, y, [](F a) { return tanh(a); }); },
      .log = [](const float* x, Index n, float* y) { apply<F>(x, n, y, [](F a) { return log(a); }); },
      .dropout_factors = dropout_factors<F>,
      .widen = [](const BFloat16* x, Index n, float* y) { apply<F>(x, n, y, [](F a) { return a; }); },
      .widen_f16 = [](const Float16* x, Index n, float* y) { apply<F>(x, n, y, [](F a) { return a; }); },
      .narrow = [](const float* x, Index n, BFloat16* y) { apply<F>(x, n, y, [](F a) { return a; }); },
  };
}

}  // namespace mini_bert::simd
