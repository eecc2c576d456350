#include "mini_bert/tensor/kernels/gelu.h"

#include <numbers>

#include <unsupported/Eigen/SpecialFunctions>

#include "mini_bert/tensor/kernels/activations.h"
#include "mini_bert/tensor/kernels/elementwise.h"
#include "mini_bert/tensor/simd/kernels.h"

namespace mini_bert::kernels {
namespace {

template <class T>
constexpr T inv_sqrt2 = static_cast<T>(1 / std::numbers::sqrt2);
template <class T>
constexpr T inv_sqrt_2pi = static_cast<T>(std::numbers::inv_sqrtpi / std::numbers::sqrt2);
template <class T>
constexpr T sqrt_2_over_pi = static_cast<T>(std::numbers::sqrt2* std::numbers::inv_sqrtpi);
template <class T>
constexpr T cubic = static_cast<T>(0.044715);

// y = x·½(1 + erf(x/√2))
template <class T>
RowArray<T> gelu_erf(const RowArray<T>& x) {
  return x * T(0.5) * (T(1) + (x * inv_sqrt2<T>).erf());
}

// y′ = Φ(x) + x·φ(x), where φ(x) = exp(−x²/2)/√(2π) is the derivative of Φ.
template <class T>
RowArray<T> gelu_erf_slope(const RowArray<T>& x) {
  return T(0.5) * (T(1) + (x * inv_sqrt2<T>).erf()) + x * (x.square() * T(-0.5)).exp() * inv_sqrt_2pi<T>;
}

// y = x·½(1 + tanh(u)), u = √(2/π)(x + 0.044715x³)
template <class T>
RowArray<T> gelu_tanh(const RowArray<T>& x) {
  const RowArray<T> u = sqrt_2_over_pi<T> * (x + cubic<T> * x.cube());
  return x * T(0.5) * (T(1) + u.tanh());
}

// y′ = ½(1 + tanh u) + x·½(1 − tanh²u)·u′, u′ = √(2/π)(1 + 3·0.044715x²)
template <class T>
RowArray<T> gelu_tanh_slope(const RowArray<T>& x) {
  const RowArray<T> t = (sqrt_2_over_pi<T> * (x + cubic<T> * x.cube())).tanh();
  // Beyond |x| = 30, 1 − t² is 0; x² is bounded there, since 0 times an overflow would not be.
  return T(0.5) * (T(1) + t) +
         x * T(0.5) * (T(1) - t.square()) * sqrt_2_over_pi<T> * (T(1) + T(3) * cubic<T> * x.square().min(T(900)));
}

}  // namespace

void gelu(const Tensor& x, Gelu form, Tensor& y) {
  visit_activation(x.dtype(), [&]<class T>() {
    using A = Arithmetic<T>;
    if (const auto* const simd = simd::loops<T>()) {
      const auto& loops = form == Gelu::erf ? simd->gelu.erf : simd->gelu.tanh;
      return for_each_chunk(x.size(), [&](Index begin, Index end) {
        loops.forward(x.data<T>() + begin, end - begin, y.data<T>() + begin);
      });
    }
    for_each_chunk(x.size(), [&](Index begin, Index end) {
      const RowArray<A> part = read<T>(x, begin, end);
      write<T>(y, begin, end, form == Gelu::erf ? gelu_erf<A>(part) : gelu_tanh<A>(part));
    });
  });
}

void gelu_backward(const Tensor& dy, const Tensor& x, Gelu form, const Gradient& dx) {
  visit_activation(x.dtype(), [&]<class T>() {
    using A = Arithmetic<T>;
    if (const auto* const simd = simd::loops<T>()) {
      const auto& loops = form == Gelu::erf ? simd->gelu.erf : simd->gelu.tanh;
      return for_each_chunk(x.size(), [&](Index begin, Index end) {
        loops.backward(dy.data<T>() + begin, x.data<T>() + begin, end - begin, dx.accumulates(),
                       dx.tensor().data<T>() + begin);
      });
    }
    for_each_chunk(x.size(), [&](Index begin, Index end) {
      const RowArray<A> part = read<T>(x, begin, end);
      const RowArray<A> slope = form == Gelu::erf ? gelu_erf_slope<A>(part) : gelu_tanh_slope<A>(part);
      put<T>(dx, begin, end, read<T>(dy, begin, end) * slope);
    });
  });
}

}  // namespace mini_bert::kernels
