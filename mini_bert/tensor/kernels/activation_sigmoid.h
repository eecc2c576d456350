#pragma once

#include <string_view>

#include "mini_bert/tensor/kernels/activation.h"
#include "mini_bert/tensor/kernels/activation_relu.h"
#include "mini_bert/tensor/simd/math.h"

// The rows of activation_table.h that come from the exponential function.
namespace mini_bert::activations {

// The logistic function σ(x) = 1/(1 + e⁻ˣ), with the slope σ(1 − σ). The activations below use its value too.
struct Sigmoid {
  static constexpr Activation id = Activation::sigmoid;
  static constexpr std::string_view names[] = {"sigmoid"};

  template <class Array, class Scalar = typename Array::Scalar>
  static Array value(const Array& x) {
    return (Scalar(1) + (-x).exp()).inverse();
  }
  template <class Array, class Scalar = typename Array::Scalar>
  static Array slope(const Array& x) {
    const Array s = value(x);
    return s * (Scalar(1) - s);
  }

  template <class F>
  static F fast_value(F x) {
    return F(1.0f) / (F(1.0f) + simd::exp(-x));
  }
  template <class F>
  static F fast_slope(F x) {
    const F s = fast_value(x);
    return s * (F(1.0f) - s);
  }
};

// x·σ(x), also called swish. Elfwing et al. 2017, arXiv:1702.03118 §2; Ramachandran et al. 2017, arXiv:1710.05941.
struct Silu {
  static constexpr Activation id = Activation::silu;
  static constexpr std::string_view names[] = {"silu", "swish"};

  template <class Array>
  static Array value(const Array& x) {
    return x * Sigmoid::value(x);
  }
  // s + x·s(1 − s), s = σ(x)
  template <class Array, class Scalar = typename Array::Scalar>
  static Array slope(const Array& x) {
    const Array s = Sigmoid::value(x);
    return s * (Scalar(1) + x * (Scalar(1) - s));
  }

  template <class F>
  static F fast_value(F x) {
    return x * Sigmoid::fast_value(x);
  }
  template <class F>
  static F fast_slope(F x) {
    const F s = Sigmoid::fast_value(x);
    return s * fma(x, F(1.0f) - s, F(1.0f));
  }
};

// x·σ(1.702x), a cheap approximation of GELU. Hendrycks & Gimpel 2016, arXiv:1606.08415 §2.
struct QuickGelu {
  static constexpr Activation id = Activation::quick_gelu;
  static constexpr std::string_view names[] = {"quick_gelu"};

  template <class Array, class Scalar = typename Array::Scalar>
  static Array value(const Array& x) {
    return x * Sigmoid::value(Array(Scalar(1.702) * x));
  }
  // s + 1.702x·s(1 − s), s = σ(1.702x)
  template <class Array, class Scalar = typename Array::Scalar>
  static Array slope(const Array& x) {
    const Array u = Scalar(1.702) * x, s = Sigmoid::value(u);
    return s * (Scalar(1) + u * (Scalar(1) - s));
  }

  template <class F>
  static F fast_value(F x) {
    return x * Sigmoid::fast_value(x * F(1.702f));
  }
  template <class F>
  static F fast_slope(F x) {
    return Silu::fast_slope(x * F(1.702f));
  }
};

// tanh(x), with the slope 1 − tanh²(x).
struct Tanh {
  static constexpr Activation id = Activation::tanh;
  static constexpr std::string_view names[] = {"tanh"};

  template <class Array>
  static Array value(const Array& x) {
    return x.tanh();
  }
  template <class Array, class Scalar = typename Array::Scalar>
  static Array slope(const Array& x) {
    return Scalar(1) - x.tanh().square();
  }

  template <class F>
  static F fast_value(F x) {
    return simd::tanh(x);
  }
  template <class F>
  static F fast_slope(F x) {
    const F t = simd::tanh(x);
    return fnma(t, t, F(1.0f));
  }
};

// x·tanh(log(1 + eˣ)). Misra 2019, arXiv:1908.08681 §3.
struct Mish {
  static constexpr Activation id = Activation::mish;
  static constexpr std::string_view names[] = {"mish"};

  template <class Array>
  static Array value(const Array& x) {
    return x * x.exp().log1p().tanh();
  }
  // t + x(1 − t²)·σ(x), t = tanh(log(1 + eˣ)), for σ is the derivative of log(1 + eˣ).
  template <class Array, class Scalar = typename Array::Scalar>
  static Array slope(const Array& x) {
    const Array t = x.exp().log1p().tanh();
    return t + x * (Scalar(1) - t.square()) * Sigmoid::value(x);
  }

  // With e = eˣ and n = e(e + 2), t = n/(n + 2) and (1 − t²)·σ(x) = 4e(1 + e)/(n + 2)²: one exponential and one
  // quotient. Beyond x = 20, t is 1 and its derivative 0; e is bounded there, so that its powers do not overflow.
  template <class F>
  static F fast_value(F x) {
    const F e = simd::exp(min(F(20.0f), x)), n = e * (e + F(2.0f));
    return x * (n / (n + F(2.0f)));
  }
  template <class F>
  static F fast_slope(F x) {
    const F bounded = min(F(20.0f), x), e = simd::exp(bounded), n = e * (e + F(2.0f));
    const F inverse = F(1.0f) / (n + F(2.0f));
    return fma(F(4.0f) * bounded * inverse, e * (F(1.0f) + e) * inverse, n * inverse);
  }
};

// √log(1 + eˣ), transformers' scores of experts.
struct SqrtSoftplus {
  static constexpr Activation id = Activation::sqrtsoftplus;
  static constexpr std::string_view names[] = {"sqrtsoftplus"};

  // log(1 + eˣ) = max(x, 0) + log(1 + e^−|x|), where nothing overflows.
  template <class Array>
  static Array value(const Array& x) {
    return (Relu::value(x) + (-x.abs()).exp().log1p()).sqrt();
  }
  // σ(x)/2y. Where y is 0, so is σ(x), and the bound below y makes the quotient 0 instead of NaN.
  template <class Array, class Scalar = typename Array::Scalar>
  static Array slope(const Array& x) {
    const Array y = value(x);
    return Sigmoid::value(x) * Scalar(0.5) / (y < Scalar(1e-30)).select(Scalar(1e-30), y);
  }

  // There is no log1p for registers. With u = 1 + e rounded, log(1 + e) = log(u)·e/(u − 1) to full precision, since
  // both quotients lose the same; where u is 1, log(1 + e) is e. Goldberg 1991, "What every computer scientist should
  // know about floating-point arithmetic", theorem 4.
  template <class F>
  static F fast_value(F x) {
    const F e = simd::exp(-abs(x)), u = F(1.0f) + e, rounded = u - F(1.0f);
    const F log_u = select(F(0.0f) < rounded, simd::log(u) * e / rounded, e);
    return sqrt(Relu::fast_value(x) + log_u);
  }
  template <class F>
  static F fast_slope(F x) {
    return Sigmoid::fast_value(x) * F(0.5f) / max(F(1e-30f), fast_value(x));
  }
};

}  // namespace mini_bert::activations
