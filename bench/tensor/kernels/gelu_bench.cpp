#include "mini_bert/tensor/kernels/gelu.h"

#include <numbers>

#include "bench/tensor/kernels/kernel_bench.h"

namespace mini_bert::bench {
namespace {

using kernels::Gelu;

double expected(double x, Gelu form) {
  if (form == Gelu::erf) return x * 0.5 * (1 + std::erf(x / std::numbers::sqrt2));
  return x * 0.5 * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x)));
}

template <Gelu form>
void gelu_forward(benchmark::State& state) {
  use_threads(state);
  const Tensor x = random_tensor({T, F});
  Tensor y({T, F});
  const auto run = [&] { kernels::gelu(x, form, y); };
  run();
  if (!agrees(state, y, [&](Index i) { return expected(at(x, i), form); })) return;
  time_it(state, run);
  report_bytes(state, 2 * x.bytes());
}
KERNEL_BENCHMARK(gelu_forward<Gelu::erf>);
KERNEL_BENCHMARK(gelu_forward<Gelu::tanh>);

template <Gelu form>
void gelu_backward(benchmark::State& state) {
  use_threads(state);
  const Tensor x = random_tensor({T, F}, 0), dy = random_tensor({T, F}, 1);
  Tensor dx = Tensor::zeros({T, F});
  const auto run = [&] { kernels::gelu_backward(dy, x, form, added_to(dx)); };
  run();
  const auto expected_dx = [&](Index i) {
    const double h = 1e-5, value = at(x, i);
    return at(dy, i) * (expected(value + h, form) - expected(value - h, form)) / (2 * h);
  };
  if (!agrees(state, dx, expected_dx)) return;
  time_it(state, run);
  report_bytes(state, 4 * x.bytes());
}
KERNEL_BENCHMARK(gelu_backward<Gelu::erf>);
KERNEL_BENCHMARK(gelu_backward<Gelu::tanh>);

}  // namespace
}  // namespace mini_bert::bench

BENCHMARK_MAIN();
