#include "mini_bert/tensor/kernels/dropout.h"

#include "bench/tensor/kernels/kernel_bench.h"

namespace mini_bert::bench {
namespace {

constexpr RandomKey key = {.seed = 3, .step = 1, .stream = 4};
constexpr double p = 0.1;

double factor(Index i) {
  return uniform(key, static_cast<std::uint64_t>(i)) < static_cast<float>(p) ? 0 : 1 / (1 - p);
}

void dropout_forward(benchmark::State& state) {
  use_threads(state);
  const Tensor x = random_tensor({T, H});
  Tensor y({T, H});
  const auto run = [&] { kernels::dropout(x, p, key, y); };
  run();
  if (!agrees(state, y, [&](Index i) { return at(x, i) * factor(i); })) return;
  time_it(state, run);
  report_bytes(state, 2 * x.bytes());
}
KERNEL_BENCHMARK(dropout_forward);

void dropout_backward(benchmark::State& state) {
  use_threads(state);
  const Tensor dy = random_tensor({T, H});
  Tensor dx = Tensor::zeros({T, H});
  const auto run = [&] { kernels::dropout_backward(dy, p, key, added_to(dx)); };
  run();
  if (!agrees(state, dx, [&](Index i) { return at(dy, i) * factor(i); })) return;
  time_it(state, run);
  report_bytes(state, 3 * dy.bytes());
}
KERNEL_BENCHMARK(dropout_backward);

}  // namespace
}  // namespace mini_bert::bench

BENCHMARK_MAIN();
