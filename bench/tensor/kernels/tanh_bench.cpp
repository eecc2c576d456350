#include "mini_bert/tensor/kernels/tanh.h"

#include "bench/tensor/kernels/kernel_bench.h"

namespace mini_bert::bench {
namespace {

void tanh_forward(benchmark::State& state) {
  use_threads(state);
  const Tensor x = random_tensor({T, H});
  Tensor y({T, H});
  const auto run = [&] { kernels::tanh(x, y); };
  run();
  if (!agrees(state, y, [&](Index i) { return std::tanh(at(x, i)); })) return;
  time_it(state, run);
  report_bytes(state, 2 * x.bytes());
}
KERNEL_BENCHMARK(tanh_forward);

void tanh_backward(benchmark::State& state) {
  use_threads(state);
  const Tensor x = random_tensor({T, H}, 0), dy = random_tensor({T, H}, 1);
  Tensor y({T, H}), dx = Tensor::zeros({T, H});
  kernels::tanh(x, y);
  const auto run = [&] { kernels::tanh_backward(dy, y, added_to(dx)); };
  run();
  if (!agrees(state, dx, [&](Index i) { return at(dy, i) * (1 - std::pow(std::tanh(at(x, i)), 2)); })) return;
  time_it(state, run);
  report_bytes(state, 4 * dy.bytes());
}
KERNEL_BENCHMARK(tanh_backward);

}  // namespace
}  // namespace mini_bert::bench

BENCHMARK_MAIN();
