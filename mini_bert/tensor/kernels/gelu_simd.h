#pragma once

#include "mini_bert/tensor/simd/loops.h"
#include "mini_bert/tensor/simd/math.h"
#include "mini_bert/tensor/simd/registers.h"

// gelu.cpp derives both forms; Φ, its slope φ and u are named as there.
namespace mini_bert::simd {

struct GeluErf {
  template <class F>
  static F value(F x) {
    return x * cdf(x);
  }
  // Φ(x) + x·φ(x)
  template <class F>
  static F slope(F x) {
    const F density = exp(x * x * F(-0.5f)) * F(0.3989422804f);
    // Where the density is 0, x may be infinite.
    return fma(min(F(1e4f), max(F(-1e4f), x)), density, cdf(x));
  }

 private:
  template <class F>
  static F cdf(F x) {
    return fma(erf(x * F(0.7071067812f)), F(0.5f), F(0.5f));
  }
};

struct GeluTanh {
  template <class F>
  static F value(F x) {
    return x * fma(tanh(inner(x)), F(0.5f), F(0.5f));
  }
  // ½(1 + t) + ½x(1 − t²)·u′, t = tanh u
  template <class F>
  static F slope(F x) {
    const F t = tanh(inner(x));
    // Beyond |x| = 30, 1 − t² is 0, and x is bounded, since 0 times an overflow would not be.
    const F bounded = min(F(30.0f), max(F(-30.0f), x));
    const F u_slope = fma(bounded * bounded, F(3 * cubic * sqrt_2_over_pi), F(sqrt_2_over_pi));
    return fma(F(0.5f) * bounded * u_slope, fnma(t, t, F(1.0f)), fma(t, F(0.5f), F(0.5f)));
  }

 private:
  static constexpr float cubic = 0.044715f, sqrt_2_over_pi = 0.7978845608f;
  template <class F>
  static F inner(F x) {
    return x * fma(x * x, F(cubic * sqrt_2_over_pi), F(sqrt_2_over_pi));
  }
};

template <class F, class Form, class T>
void gelu(const T* x, Index n, T* y) {
  for_each_register<F>(n, [&](Index i, auto lanes) { lanes.store(Form::value(lanes.load(x + i)), y + i); });
}

template <class F, class Form, class T>
void gelu_backward(const T* dy, const T* x, Index n, bool accumulate, T* dx) {
  for_each_register<F>(n, [&](Index i, auto lanes) {
    put(lanes, lanes.load(dy + i) * Form::slope(lanes.load(x + i)), accumulate, dx + i);
  });
}

template <class F, class T>
constexpr GeluLoops<T> gelu_loops() {
  return {.erf = {.forward = gelu<F, GeluErf, T>, .backward = gelu_backward<F, GeluErf, T>},
          .tanh = {.forward = gelu<F, GeluTanh, T>, .backward = gelu_backward<F, GeluTanh, T>}};
}

}  // namespace mini_bert::simd
