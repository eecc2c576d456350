#include "mini_bert/tensor/kernels/activated_linear.h"

#include <numbers>

#include "bench/tensor/kernels/kernel_bench.h"

namespace mini_bert::bench {
namespace {

constexpr Activation gelu = Activation::gelu;

double expected_gelu(double x) {
  return x * 0.5 * std::erfc(-x / std::numbers::sqrt2);
}
double expected_slope(double x) {
  return 0.5 * std::erfc(-x / std::numbers::sqrt2) + x * std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi);
}

template <Index tokens, Index in, Index out>
void activated_linear_forward(benchmark::State& state) {
  use_threads(state);
  const Tensor x = random_tensor({tokens, in}, 0), weight = random_tensor({out, in}, 1), bias = random_tensor({out}, 2);
  Tensor y({tokens, out});
  const auto run = [&] { kernels::activated_linear(x, gelu, weight, bias, y); };
  run();
  const auto expected = [&](Index i) {
    double sum = at(bias, i % out);
    for (Index k = 0; k < in; ++k) sum += expected_gelu(at(x, i / out, k)) * at(weight, i % out, k);
    return sum;
  };
  if (!agrees(state, y, expected)) return;
  time_it(state, run);
  report_flops(state, 2.0 * tokens * in * out);
}
KERNEL_BENCHMARK(activated_linear_forward<T, F, H>);

template <Index tokens, Index in, Index out>
void activated_linear_backward(benchmark::State& state) {
  use_threads(state);
  const Tensor x = random_tensor({tokens, in}, 0), weight = random_tensor({out, in}, 1);
  const Tensor dy = random_tensor({tokens, out}, 2);
  Tensor dx = Tensor::zeros({tokens, in}), dweight = Tensor::zeros({out, in}), dbias = Tensor::zeros({out});
  const auto run = [&] {
    kernels::activated_linear_backward_weight(dy, x, gelu, added_to(dweight), added_to(dbias));
    kernels::activated_linear_backward_input(dy, x, gelu, weight, added_to(dx));
  };
  run();
  const auto expected_dx = [&](Index i) {
    double sum = 0;
    for (Index o = 0; o < out; ++o) sum += at(dy, i / in, o) * at(weight, o, i % in);
    return sum * expected_slope(at(x, i / in, i % in));
  };
  const auto expected_dweight = [&](Index i) {
    double sum = 0;
    for (Index t = 0; t < tokens; ++t) sum += at(dy, t, i / in) * expected_gelu(at(x, t, i % in));
    return sum;
  };
  if (!agrees(state, dx, expected_dx) || !agrees(state, dweight, expected_dweight)) return;
  time_it(state, run);
  report_flops(state, 4.0 * tokens * in * out);
}
KERNEL_BENCHMARK(activated_linear_backward<T, F, H>);

}  // namespace
}  // namespace mini_bert::bench

BENCHMARK_MAIN();
