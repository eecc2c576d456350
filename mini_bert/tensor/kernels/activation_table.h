#pragma once

#include <numbers>
#include <string_view>

#include "mini_bert/tensor/kernels/activation.h"
#include "mini_bert/tensor/simd/math.h"
#include "mini_bert/tensor/table.h"

// The table of activations: one struct each, and the list of them at the end. A new activation is an enumerator in
// activation.h, a struct here and its formula in the test; everything else goes through the list.
//
//   id, names                the enumerator, and what a config.json calls it
//   value, slope             the definition: φ(x) and φ′(x) over an Eigen array of float or double
//   fast_value, fast_slope   the same over one SIMD register of floats (F)
//
// Eigen itself is not included: the files that are compiled for a single instruction set read this header too, and
// code of Eigen that was compiled there would crash on other CPUs.
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

  template <class Array, class S = typename Array::Scalar>
  static Array value(const Array& x) {
    return x * S(0.5) * (S(1) + (x * inv_sqrt2<S>).erf());
  }
  // Φ(x) + x·φ(x), where φ(x) = exp(−x²/2)/√(2π) is the derivative of Φ.
  template <class Array, class S = typename Array::Scalar>
  static Array slope(const Array& x) {
    return S(0.5) * (S(1) + (x * inv_sqrt2<S>).erf()) + x * (x.square() * S(-0.5)).exp() * inv_sqrt_2pi<S>;
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

  template <class Array, class S = typename Array::Scalar>
  static Array value(const Array& x) {
    const Array u = sqrt_2_over_pi<S> * (x + cubic<S> * x.cube());
    return x * S(0.5) * (S(1) + u.tanh());
  }
  // ½(1 + t) + ½x(1 − t²)·u′ with t = tanh(u) and u′ = √(2/π)(1 + 3·0.044715x²). Beyond |x| = 30, 1 − t² is 0; x² is
  // bounded there, because 0 times an overflow would be NaN.
  template <class Array, class S = typename Array::Scalar>
  static Array slope(const Array& x) {
    const Array t = (sqrt_2_over_pi<S> * (x + cubic<S> * x.cube())).tanh();
    return S(0.5) * (S(1) + t) +
           x * S(0.5) * (S(1) - t.square()) * sqrt_2_over_pi<S> * (S(1) + S(3) * cubic<S> * x.square().min(S(900)));
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

  template <class Array, class S = typename Array::Scalar>
  static Array value(const Array& x) {
    const Array y = Gelu::value(x);
    return (y > S(10)).select(S(10), y);
  }
  template <class Array, class S = typename Array::Scalar>
  static Array slope(const Array& x) {
    return (Gelu::value(x) > S(10)).select(S(0), Gelu::slope(x));
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

// The logistic function σ(x) = 1/(1 + e⁻ˣ), with the slope σ(1 − σ). The activations below use its value too.
struct Sigmoid {
  static constexpr Activation id = Activation::sigmoid;
  static constexpr std::string_view names[] = {"sigmoid"};

  template <class Array, class S = typename Array::Scalar>
  static Array value(const Array& x) {
    return (S(1) + (-x).exp()).inverse();
  }
  template <class Array, class S = typename Array::Scalar>
  static Array slope(const Array& x) {
    const Array s = value(x);
    return s * (S(1) - s);
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
  template <class Array, class S = typename Array::Scalar>
  static Array slope(const Array& x) {
    const Array s = Sigmoid::value(x);
    return s * (S(1) + x * (S(1) - s));
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

  template <class Array, class S = typename Array::Scalar>
  static Array value(const Array& x) {
    return x * Sigmoid::value(Array(S(1.702) * x));
  }
  // s + 1.702x·s(1 − s), s = σ(1.702x)
  template <class Array, class S = typename Array::Scalar>
  static Array slope(const Array& x) {
    const Array u = S(1.702) * x, s = Sigmoid::value(u);
    return s * (S(1) + u * (S(1) - s));
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

// max(x, 0). At 0, where there is no derivative, the slope is 0, as in PyTorch. Nair & Hinton 2010, "Rectified Linear
// Units Improve Restricted Boltzmann Machines", ICML.
struct Relu {
  static constexpr Activation id = Activation::relu;
  static constexpr std::string_view names[] = {"relu"};

  // A comparison keeps NaN, which a maximum may not.
  template <class Array, class S = typename Array::Scalar>
  static Array value(const Array& x) {
    return (x < S(0)).select(S(0), x);
  }
  template <class Array, class S = typename Array::Scalar>
  static Array slope(const Array& x) {
    return (x > S(0)).template cast<S>();
  }

  template <class F>
  static F fast_value(F x) {
    return select(x < F(0.0f), F(0.0f), x);
  }
  template <class F>
  static F fast_slope(F x) {
    return select(F(0.0f) < x, F(1.0f), F(0.0f));
  }
};

// max(x, 0)². So et al. 2021, arXiv:2109.08668 §3.
struct Relu2 {
  static constexpr Activation id = Activation::relu2;
  static constexpr std::string_view names[] = {"relu2"};

  template <class Array>
  static Array value(const Array& x) {
    return Relu::value(x).square();
  }
  template <class Array, class S = typename Array::Scalar>
  static Array slope(const Array& x) {
    return S(2) * Relu::value(x);
  }

  template <class F>
  static F fast_value(F x) {
    const F y = Relu::fast_value(x);
    return y * y;
  }
  template <class F>
  static F fast_slope(F x) {
    return F(2.0f) * Relu::fast_value(x);
  }
};

// min(max(x, 0), 6), with the slope 0 at both kinks. Krizhevsky 2010, "Convolutional Deep Belief Networks on CIFAR-10".
struct Relu6 {
  static constexpr Activation id = Activation::relu6;
  static constexpr std::string_view names[] = {"relu6"};

  template <class Array, class S = typename Array::Scalar>
  static Array value(const Array& x) {
    return (x > S(6)).select(S(6), Relu::value(x));
  }
  template <class Array, class S = typename Array::Scalar>
  static Array slope(const Array& x) {
    return (x > S(0) && x < S(6)).template cast<S>();
  }

  template <class F>
  static F fast_value(F x) {
    return select(F(6.0f) < x, F(6.0f), Relu::fast_value(x));
  }
  template <class F>
  static F fast_slope(F x) {
    return select(x < F(6.0f), Relu::fast_slope(x), F(0.0f));
  }
};

// x where it is positive, 0.01x elsewhere. Maas et al. 2013, "Rectifier Nonlinearities Improve Neural Network Acoustic
// Models", ICML.
struct LeakyRelu {
  static constexpr Activation id = Activation::leaky_relu;
  static constexpr std::string_view names[] = {"leaky_relu"};

  template <class Array, class S = typename Array::Scalar>
  static Array value(const Array& x) {
    return (x > S(0)).select(x, S(0.01) * x);
  }
  template <class Array, class S = typename Array::Scalar>
  static Array slope(const Array& x) {
    return S(0.01) + S(0.99) * (x > S(0)).template cast<S>();
  }

  template <class F>
  static F fast_value(F x) {
    return select(F(0.0f) < x, x, x * F(0.01f));
  }
  template <class F>
  static F fast_slope(F x) {
    return select(F(0.0f) < x, F(1.0f), F(0.01f));
  }
};

// x·min(max(x + 3, 0), 6)/6, silu from straight pieces. Howard et al. 2019, arXiv:1905.02244 §5.2.
struct Hardswish {
  static constexpr Activation id = Activation::hardswish;
  static constexpr std::string_view names[] = {"hardswish"};

  template <class Array, class S = typename Array::Scalar>
  static Array value(const Array& x) {
    return x * Relu6::value(Array(x + S(3))) * S(1.0 / 6);
  }
  // 0 up to −3, 1 from 3 on, x/3 + ½ between.
  template <class Array, class S = typename Array::Scalar>
  static Array slope(const Array& x) {
    const Array inside = (x < S(3)).select(x * S(1.0 / 3) + S(0.5), S(1));
    return (x > S(-3)).select(inside, S(0));
  }

  template <class F>
  static F fast_value(F x) {
    return x * Relu6::fast_value(x + F(3.0f)) * F(1.0f / 6);
  }
  template <class F>
  static F fast_slope(F x) {
    const F inside = select(x < F(3.0f), fma(x, F(1.0f / 3), F(0.5f)), F(1.0f));
    return select(F(-3.0f) < x, inside, F(0.0f));
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
  template <class Array, class S = typename Array::Scalar>
  static Array slope(const Array& x) {
    return S(1) - x.tanh().square();
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
  template <class Array, class S = typename Array::Scalar>
  static Array slope(const Array& x) {
    const Array t = x.exp().log1p().tanh();
    return t + x * (S(1) - t.square()) * Sigmoid::value(x);
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
  template <class Array, class S = typename Array::Scalar>
  static Array slope(const Array& x) {
    const Array y = value(x);
    return Sigmoid::value(x) * S(0.5) / (y < S(1e-30)).select(S(1e-30), y);
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

// x itself: no activation at all.
struct Linear {
  static constexpr Activation id = Activation::linear;
  static constexpr std::string_view names[] = {"linear"};

  template <class Array>
  static Array value(const Array& x) {
    return x;
  }
  template <class Array>
  static Array slope(const Array& x) {
    return Array::Ones(x.size());
  }

  template <class F>
  static F fast_value(F x) {
    return x;
  }
  template <class F>
  static F fast_slope(F) {
    return F(1.0f);
  }
};

// Their list, in the order of the enumeration.
using All = Table<Gelu, GeluTanh, Gelu10, QuickGelu, Relu, Relu2, Relu6, LeakyRelu, Silu, Mish, Hardswish, Sigmoid,
                  Tanh, SqrtSoftplus, Linear>;
static_assert(All::size == activation_count, "every enumerator of Activation has one row");

}  // namespace mini_bert::activations
