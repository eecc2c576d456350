#include "mini_bert/tensor/kernels/adamw.h"

#include <cmath>

#include "mini_bert/tensor/random.h"
#include "tests/catch.h"

namespace mini_bert::kernels {
namespace {

Tensor normal(Index n, DType dtype, std::uint32_t stream) {
  Tensor x({n}, dtype);
  fill_normal(x, 0, 1, {.seed = 1, .stream = stream});
  return x;
}

// Ten steps of the algorithm as the paper writes it, in double, against the kernel.
double worst_difference(Index n, DType dtype, double weight_decay, bool correct_bias, double gradient_scale) {
  Tensor parameter = normal(n, dtype, 0), m = Tensor::zeros({n}, dtype), v = Tensor::zeros({n}, dtype);
  const Tensor start = parameter.to(DType::f64);
  std::vector<double> theta(start.values<double>().begin(), start.values<double>().end()), m_(n), v_(n);
  double worst = 0;
  for (std::uint32_t t = 1; t <= 10; ++t) {
    const double lr = 0.01 / t, beta_1 = 0.9, beta_2 = 0.999, eps = 1e-6;
    const double correction_1 = correct_bias ? 1 - std::pow(beta_1, t) : 1;
    const double correction_2 = correct_bias ? 1 - std::pow(beta_2, t) : 1;
    const Tensor gradient = normal(n, dtype, t);
    adamw({lr, beta_1, beta_2, eps, weight_decay, correction_1, correction_2}, gradient, gradient_scale, parameter, m,
          v);
    const Tensor gradient_64 = gradient.to(DType::f64), got = parameter.to(DType::f64);
    for (Index i = 0; i < n; ++i) {
      const double g = gradient_64.data<double>()[i] * gradient_scale;
      theta[i] -= lr * weight_decay * theta[i];
      m_[i] = beta_1 * m_[i] + (1 - beta_1) * g;
      v_[i] = beta_2 * v_[i] + (1 - beta_2) * g * g;
      theta[i] -= lr * (m_[i] / correction_1) / (std::sqrt(v_[i] / correction_2) + eps);
      worst = std::max(worst, std::abs(got.data<double>()[i] - theta[i]));
    }
  }
  return worst;
}

TEST_CASE("adamw is the algorithm of the paper", "[adamw]") {
  for (const Index n : {1, 7, 33, 4097, 12'289}) {
    for (const bool correct_bias : {true, false}) {
      CAPTURE(n, correct_bias);
      CHECK(worst_difference(n, DType::f64, 0.01, correct_bias, 1) < 1e-13);
      CHECK(worst_difference(n, DType::f32, 0.01, correct_bias, 1) < 2e-6);
    }
  }
}

TEST_CASE("adamw without weight decay, and with a clipped gradient", "[adamw]") {
  CHECK(worst_difference(65, DType::f64, 0, true, 1) < 1e-13);
  CHECK(worst_difference(65, DType::f64, 0.1, true, 0.037) < 1e-13);
}

TEST_CASE("adamw with a gradient of 0 only decays", "[adamw]") {
  Tensor parameter = Tensor::full({5}, 2, DType::f64), m = Tensor::zeros({5}, DType::f64), v = m.clone();
  adamw({0.1, 0.9, 0.999, 1e-6, 0.5, 0.1, 0.001}, Tensor::zeros({5}, DType::f64), 1, parameter, m, v);
  for (const double theta : parameter.values<double>()) CHECK(std::abs(theta - 2 * (1 - 0.1 * 0.5)) < 1e-15);
}

}  // namespace
}  // namespace mini_bert::kernels
