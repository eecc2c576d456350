#include "mini_bert/tensor/kernels/squared_error.h"

#include "bench/tensor/kernels/kernel_bench.h"

namespace mini_bert::bench {
namespace {

void squared_error_forward(benchmark::State& state) {
  use_threads(state);
  const Tensor x = random_tensor({T, 1}, 0), targets = random_tensor({T, 1}, 1);
  Tensor loss(Shape{});
  const auto run = [&] { kernels::squared_error(x, targets, T, loss); };
  run();
  const auto expected = [&](Index) {
    double sum = 0;
    for (Index i = 0; i < T; ++i) sum += std::pow(at(x, i) - at(targets, i), 2);
    return sum / T;
  };
  if (!agrees(state, loss, expected)) return;
  time_it(state, run);
  report_bytes(state, 2 * x.bytes());
}
KERNEL_BENCHMARK(squared_error_forward);

void squared_error_backward(benchmark::State& state) {
  use_threads(state);
  const Tensor x = random_tensor({T, 1}, 0), targets = random_tensor({T, 1}, 1), dloss = Tensor::full({}, 1);
  Tensor dx = Tensor::zeros({T, 1});
  const auto run = [&] { kernels::squared_error_backward(dloss, x, targets, T, added_to(dx)); };
  run();
  if (!agrees(state, dx, [&](Index i) { return 2 * (at(x, i) - at(targets, i)) / T; })) return;
  time_it(state, run);
  report_bytes(state, 4 * x.bytes());
}
KERNEL_BENCHMARK(squared_error_backward);

}  // namespace
}  // namespace mini_bert::bench

BENCHMARK_MAIN();
