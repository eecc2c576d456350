#pragma once

#include <numbers>
#include <string_view>

#include "mini_bert/tensor/kernels/activation.h"
#include "mini_bert/tensor/simd/math.h"

// The rows of activation_table.h that come from the normal distribution function.
namespace mini_bert::activations {

template <class Scalar>
inline constexpr Scalar inv_sqrt2 = static_cast<Scalar>(1 / std::numbers::sqrt2);
template <class Scalar>
inline constexpr Scalar inv_sqrt_2pi = static_cast<Scalar>(std::numbers::inv_sqrtpi / std::numbers::sqrt2);
template <class Scalar>
inline constexpr Scalar sqrt_2_over_pi = static_cast<Scalar>(std::numbers::sqrt2* std::numbers::inv_sqrtpi);
template <class Scalar>
inline constexpr Scalar cubic = static_cast<Scalar>(0.044715);

// Gaussian error linear unit, exact: x·Φ(x), Φ(x) = ½(1 + erf(x/√2)) being the normal distribution function.
// Hendrycks & Gimpel 2016, arXiv:1606.08415 §2.
struct Gelu {
  static constexpr Activation id = Activation::gelu;
  static constexpr std::string_view names[] = {"gelu", "gelu_python"};

  template <class Array, class Scalar = typename Array::Scalar>
  static Array value(const Array& x) {
    return x * Scalar(0.5) * (Scalar(1) + (x * inv_sqrt2<Scalar>).erf());
  }
  // Φ(x) + x·φ(x), where φ(x) = exp(−x²/2)/√(2π) is the derivative of Φ.
  template <class Array, class Scalar = typename Array::Scalar>
  static Array slope(const Array& x) {
    return Scalar(0.5) * (Scalar(1) + (x * inv_sqrt2<Scalar>).erf()) +
           x * (x.square() * Scalar(-0.5)).exp() * inv_sqrt_2pi<Scalar>;
  }

  template <class F>
  static F fast_value(F x) {
    return x * cdf(x);
  }
  template <class F>
  static F fast_slope(F x) {
    const F density = simd::exp(x * x * F(-0.5f)) * F(0.3989422804f);
    // Where the density is 0, x may be infinite.
    return fma(min(F(1e4f), max(F(-1e4f), x)), density, cdf(x));
  }

 private:
  template <class F>
  static F cdf(F x) {
    return fma(simd::erf(x * F(0.7071067812f)), F(0.5f), F(0.5f));
  }
};

// GELU with tanh in the place of erf: x·½(1 + tanh(u)), u = √(2/π)(x + 0.044715x³). Google's original BERT has this
// form. gelu_fast writes √(2/π) with ten digits, which is the same float. Same source.
struct GeluTanh {
  static constexpr Activation id = Activation::gelu_tanh;
  static constexpr std::string_view names[] = {"gelu_new", "gelu_pytorch_tanh", "gelu_python_tanh", "gelu_accurate",
                                               "gelu_fast"};

  template <class Array, class Scalar = typename Array::Scalar>
  static Array value(const Array& x) {
    const Array u = sqrt_2_over_pi<Scalar> * (x + cubic<Scalar> * x.cube());
    return x * Scalar(0.5) * (Scalar(1) + u.tanh());
  }
  // ½(1 + t) + ½x(1 − t²)·u′ with t = tanh(u) and u′ = √(2/π)(1 + 3·0.044715x²). Beyond |x| = 30, 1 − t² is 0; x² is
  // bounded there, because 0 times an overflow would be NaN.
  template <class Array, class Scalar = typename Array::Scalar>
  static Array slope(const Array& x) {
    const Array t = (sqrt_2_over_pi<Scalar> * (x + cubic<Scalar> * x.cube())).tanh();
    return Scalar(0.5) * (Scalar(1) + t) + x * Scalar(0.5) * (Scalar(1) - t.square()) * sqrt_2_over_pi<Scalar> *
                                               (Scalar(1) + Scalar(3) * cubic<Scalar> * x.square().min(Scalar(900)));
  }

  template <class F>
  static F fast_value(F x) {
    return x * fma(simd::tanh(inner(x)), F(0.5f), F(0.5f));
  }
  template <class F>
  static F fast_slope(F x) {
    const F t = simd::tanh(inner(x));
    const F bounded = min(F(30.0f), max(F(-30.0f), x));
    const F u_slope = fma(bounded * bounded, F(3 * cubic_f * sqrt_2_over_pi_f), F(sqrt_2_over_pi_f));
    return fma(F(0.5f) * bounded * u_slope, fnma(t, t, F(1.0f)), fma(t, F(0.5f), F(0.5f)));
  }

 private:
  static constexpr float cubic_f = 0.044715f, sqrt_2_over_pi_f = 0.7978845608f;
  template <class F>
  static F inner(F x) {
    return x * fma(x * x, F(cubic_f * sqrt_2_over_pi_f), F(sqrt_2_over_pi_f));
  }
};

// GELU, at most 10: outputs in a fixed range are easier to quantise. GELU is never below −0.17, so transformers' lower
// bound of −10 has no effect. Wu et al. 2020, arXiv:2004.09602 §3.2.
struct Gelu10 {
  static constexpr Activation id = Activation::gelu_10;
  static constexpr std::string_view names[] = {"gelu_10"};

  template <class Array, class Scalar = typename Array::Scalar>
  static Array value(const Array& x) {
    const Array y = Gelu::value(x);
    return (y > Scalar(10)).select(Scalar(10), y);
  }
  template <class Array, class Scalar = typename Array::Scalar>
  static Array slope(const Array& x) {
    return (Gelu::value(x) > Scalar(10)).select(Scalar(0), Gelu::slope(x));
  }

  template <class F>
  static F fast_value(F x) {
    return min(F(10.0f), Gelu::fast_value(x));
  }
  template <class F>
  static F fast_slope(F x) {
    return select(F(10.0f) < Gelu::fast_value(x), F(0.0f), Gelu::fast_slope(x));
  }
};

// ½(1 + erf((x − μ)/(σ√2))), the normal distribution function with μ = √½ and σ = √(1/4π), of which transformers takes
// six digits. Ma et al. 2022, arXiv:2209.10655 §3.2.
struct Laplace {
  static constexpr Activation id = Activation::laplace;
  static constexpr std::string_view names[] = {"laplace"};

  template <class Array, class Scalar = typename Array::Scalar>
  static Array value(const Array& x) {
    return Scalar(0.5) * (Scalar(1) + ((x - Scalar(mu)) * (inv_sqrt2<Scalar> / Scalar(sigma))).erf());
  }
  // The density exp(−((x − μ)/σ)²/2)/(σ√(2π))
  template <class Array, class Scalar = typename Array::Scalar>
  static Array slope(const Array& x) {
    return (((x - Scalar(mu)) / Scalar(sigma)).square() * Scalar(-0.5)).exp() * (inv_sqrt_2pi<Scalar> / Scalar(sigma));
  }

  template <class F>
  static F fast_value(F x) {
    return fma(simd::erf((x - F(static_cast<float>(mu))) * F(inv_sqrt2<float> / static_cast<float>(sigma))), F(0.5f),
               F(0.5f));
  }
  template <class F>
  static F fast_slope(F x) {
    const F z = (x - F(static_cast<float>(mu))) * F(1 / static_cast<float>(sigma));
    return simd::exp(z * z * F(-0.5f)) * F(inv_sqrt_2pi<float> / static_cast<float>(sigma));
  }

 private:
  static constexpr double mu = 0.707107, sigma = 0.282095;
};

}  // namespace mini_bert::activations
