#include "mini_bert/tensor/kernels/scale.h"

#include "bench/tensor/kernels/kernel_bench.h"

namespace mini_bert::bench {
namespace {

void scale_forward(benchmark::State& state) {
  use_threads(state);
  const Tensor x = random_tensor({T, H});
  Tensor y({T, H});
  const auto run = [&] { kernels::scale(x, 0.125, y); };
  run();
  if (!agrees(state, y, [&](Index i) { return 0.125 * at(x, i); })) return;
  time_it(state, run);
  report_bytes(state, 2 * x.bytes());
}
KERNEL_BENCHMARK(scale_forward);

void scale_backward(benchmark::State& state) {
  use_threads(state);
  const Tensor dy = random_tensor({T, H});
  Tensor dx = Tensor::zeros({T, H});
  const auto run = [&] { kernels::scale_backward(dy, 0.125, added_to(dx)); };
  run();
  if (!agrees(state, dx, [&](Index i) { return 0.125 * at(dy, i); })) return;
  time_it(state, run);
  report_bytes(state, 3 * dy.bytes());
}
KERNEL_BENCHMARK(scale_backward);

}  // namespace
}  // namespace mini_bert::bench

BENCHMARK_MAIN();
