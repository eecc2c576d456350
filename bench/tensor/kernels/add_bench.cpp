#include "mini_bert/tensor/kernels/add.h"

#include "bench/tensor/kernels/kernel_bench.h"

namespace mini_bert::bench {
namespace {

void add_forward(benchmark::State& state) {
  use_threads(state);
  const Tensor x = random_tensor({T, H}, 0), y = random_tensor({T, H}, 1);
  Tensor z({T, H});
  const auto run = [&] { kernels::add(x, y, z); };
  run();
  if (!agrees(state, z, [&](Index i) { return at(x, i) + at(y, i); })) return;
  time_it(state, run);
  report_bytes(state, 3 * x.bytes());
}
KERNEL_BENCHMARK(add_forward);

void add_backward(benchmark::State& state) {
  use_threads(state);
  const Tensor dz = random_tensor({T, H}, 0), before = random_tensor({T, H}, 1);
  Tensor dx = before.clone();
  const auto run = [&] { kernels::add_backward(dz, added_to(dx)); };
  run();
  if (!agrees(state, dx, [&](Index i) { return at(before, i) + at(dz, i); })) return;
  time_it(state, run);
  report_bytes(state, 3 * dz.bytes());
}
KERNEL_BENCHMARK(add_backward);

}  // namespace
}  // namespace mini_bert::bench

BENCHMARK_MAIN();
