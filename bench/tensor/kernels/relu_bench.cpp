#include "mini_bert/tensor/kernels/relu.h"

#include "bench/tensor/kernels/kernel_bench.h"

namespace mini_bert::bench {
namespace {

void relu_forward(benchmark::State& state) {
  use_threads(state);
  const Tensor x = random_tensor({T, F});
  Tensor y({T, F});
  const auto run = [&] { kernels::relu(x, y); };
  run();
  if (!agrees(state, y, [&](Index i) { return std::max(at(x, i), 0.0); })) return;
  time_it(state, run);
  report_bytes(state, 2 * x.bytes());
}
KERNEL_BENCHMARK(relu_forward);

void relu_backward(benchmark::State& state) {
  use_threads(state);
  const Tensor x = random_tensor({T, F}, 0), dy = random_tensor({T, F}, 1);
  Tensor y({T, F}), dx = Tensor::zeros({T, F});
  kernels::relu(x, y);
  const auto run = [&] { kernels::relu_backward(dy, y, added_to(dx)); };
  run();
  if (!agrees(state, dx, [&](Index i) { return at(x, i) > 0 ? at(dy, i) : 0.0; })) return;
  time_it(state, run);
  report_bytes(state, 4 * dy.bytes());
}
KERNEL_BENCHMARK(relu_backward);

}  // namespace
}  // namespace mini_bert::bench

BENCHMARK_MAIN();
