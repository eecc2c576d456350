#pragma once

#include <string_view>

#include "mini_bert/tensor/kernels/activation.h"

// The rows of activation_table.h that consist of straight pieces.
namespace mini_bert::activations {

// max(x, 0). At 0, where there is no derivative, the slope is 0, as in PyTorch. Nair & Hinton 2010, "Rectified Linear
// Units Improve Restricted Boltzmann Machines", ICML.
struct Relu {
  static constexpr Activation id = Activation::relu;
  static constexpr std::string_view names[] = {"relu"};

  // A comparison keeps NaN, which a maximum may not.
  template <class Array, class Scalar = typename Array::Scalar>
  static Array value(const Array& x) {
    return (x < Scalar(0)).select(Scalar(0), x);
  }
  template <class Array, class Scalar = typename Array::Scalar>
  static Array slope(const Array& x) {
    return (x > Scalar(0)).template cast<Scalar>();
  }
  // 0 where the unit is off, whatever the sign of dy and even if dy is not finite.
  template <class Array, class Scalar = typename Array::Scalar>
  static Array gradient(const Array& dy, const Array& x) {
    return (x > Scalar(0)).select(dy, Scalar(0));
  }

  template <class F>
  static F fast_value(F x) {
    return select(x < F(0.0f), F(0.0f), x);
  }
  template <class F>
  static F fast_slope(F x) {
    return select(F(0.0f) < x, F(1.0f), F(0.0f));
  }
  template <class F>
  static F fast_gradient(F dy, F x) {
    return select(F(0.0f) < x, dy, F(0.0f));
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
  template <class Array, class Scalar = typename Array::Scalar>
  static Array slope(const Array& x) {
    return Scalar(2) * Relu::value(x);
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

  template <class Array, class Scalar = typename Array::Scalar>
  static Array value(const Array& x) {
    return (x > Scalar(6)).select(Scalar(6), Relu::value(x));
  }
  template <class Array, class Scalar = typename Array::Scalar>
  static Array slope(const Array& x) {
    return (x > Scalar(0) && x < Scalar(6)).template cast<Scalar>();
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

  template <class Array, class Scalar = typename Array::Scalar>
  static Array value(const Array& x) {
    return (x > Scalar(0)).select(x, Scalar(0.01) * x);
  }
  template <class Array, class Scalar = typename Array::Scalar>
  static Array slope(const Array& x) {
    return Scalar(0.01) + Scalar(0.99) * (x > Scalar(0)).template cast<Scalar>();
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

  template <class Array, class Scalar = typename Array::Scalar>
  static Array value(const Array& x) {
    return x * Relu6::value(Array(x + Scalar(3))) * Scalar(1.0 / 6);
  }
  // 0 up to −3, 1 from 3 on, x/3 + ½ between.
  template <class Array, class Scalar = typename Array::Scalar>
  static Array slope(const Array& x) {
    const Array inside = (x < Scalar(3)).select(x * Scalar(1.0 / 3) + Scalar(0.5), Scalar(1));
    return (x > Scalar(-3)).select(inside, Scalar(0));
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

}  // namespace mini_bert::activations
