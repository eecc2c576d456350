#include "mini_bert/tensor/kernels/layer_norm.h"

#include "bench/tensor/kernels/kernel_bench.h"

namespace mini_bert::bench {
namespace {

constexpr double eps = 1e-12;

struct Moments {
  Moments(const Tensor& x, Index t) {
    for (Index j = 0; j < H; ++j) mean += at(x, t, j) / H;
    double variance = 0;
    for (Index j = 0; j < H; ++j) variance += std::pow(at(x, t, j) - mean, 2) / H;
    rstd = 1 / std::sqrt(variance + eps);
  }
  double mean = 0, rstd = 0;
};

void layer_norm_forward(benchmark::State& state) {
  use_threads(state);
  const Tensor x = random_tensor({T, H}, 0), gamma = random_tensor({H}, 1), beta = random_tensor({H}, 2);
  Tensor y({T, H}), mean({T}), rstd({T});
  const auto run = [&] { kernels::layer_norm(x, gamma, beta, eps, y, mean, rstd); };
  run();
  const auto expected = [&](Index i) {
    const Moments row(x, i / H);
    return at(gamma, i % H) * (at(x, i) - row.mean) * row.rstd + at(beta, i % H);
  };
  if (!agrees(state, y, expected)) return;
  time_it(state, run);
  report_bytes(state, 2 * x.bytes());
}
KERNEL_BENCHMARK(layer_norm_forward);

void layer_norm_backward(benchmark::State& state) {
  use_threads(state);
  const Tensor x = random_tensor({T, H}, 0), gamma = random_tensor({H}, 1), dy = random_tensor({T, H}, 3);
  Tensor y({T, H}), mean({T}), rstd({T});
  Tensor dx = Tensor::zeros({T, H}), dgamma = Tensor::zeros({H}), dbeta = Tensor::zeros({H});
  kernels::layer_norm(x, gamma, Tensor::zeros({H}), eps, y, mean, rstd);
  const auto run = [&] {
    kernels::layer_norm_backward(dy, x, gamma, mean, rstd, added_to(dx), added_to(dgamma), added_to(dbeta));
  };
  run();
  const auto expected_dx = [&](Index i) {
    const Moments row(x, i / H);
    const auto g = [&](Index j) { return at(dy, i / H, j) * at(gamma, j); };
    const auto x_hat = [&](Index j) { return (at(x, i / H, j) - row.mean) * row.rstd; };
    double mean_g = 0, mean_gx = 0;
    for (Index j = 0; j < H; ++j) {
      mean_g += g(j) / H;
      mean_gx += g(j) * x_hat(j) / H;
    }
    return row.rstd * (g(i % H) - mean_g - x_hat(i % H) * mean_gx);
  };
  const auto expected_dgamma = [&](Index j) {
    double sum = 0;
    for (Index t = 0; t < T; ++t) sum += at(dy, t, j) * (at(x, t, j) - at(mean, t)) * at(rstd, t);
    return sum;
  };
  const auto expected_dbeta = [&](Index j) {
    double sum = 0;
    for (Index t = 0; t < T; ++t) sum += at(dy, t, j);
    return sum;
  };
  if (!agrees(state, dx, expected_dx) || !agrees(state, dgamma, expected_dgamma) ||
      !agrees(state, dbeta, expected_dbeta)) {
    return;
  }
  time_it(state, run);
  report_bytes(state, 4 * x.bytes());
}
KERNEL_BENCHMARK(layer_norm_backward);

}  // namespace
}  // namespace mini_bert::bench

BENCHMARK_MAIN();
