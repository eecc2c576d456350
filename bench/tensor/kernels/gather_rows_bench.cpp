#include "mini_bert/tensor/kernels/gather_rows.h"

#include "bench/tensor/kernels/kernel_bench.h"

namespace mini_bert::bench {
namespace {

void gather_rows_forward(benchmark::State& state) {
  use_threads(state);
  const Tensor x = random_tensor({T, H}), rows = random_indices(T).rows(0, M);
  Tensor y({M, H});
  const auto run = [&] { kernels::gather_rows(x, rows, y); };
  run();
  if (!agrees(state, y, [&](Index i) { return at(x, rows.data<std::int32_t>()[i / H], i % H); })) return;
  time_it(state, run);
  report_bytes(state, 2 * y.bytes());
}
KERNEL_BENCHMARK(gather_rows_forward);

void gather_rows_backward(benchmark::State& state) {
  use_threads(state);
  const Tensor dy = random_tensor({M, H}), rows = random_indices(T).rows(0, M);
  Tensor dx = Tensor::zeros({T, H});
  const auto run = [&] { kernels::gather_rows_backward(dy, rows, added_to(dx)); };
  run();
  const auto expected = [&](Index i) {
    double sum = 0;
    for (Index m = 0; m < M; ++m) sum += rows.data<std::int32_t>()[m] == i / H ? at(dy, m, i % H) : 0;
    return sum;
  };
  if (!agrees(state, dx, expected)) return;
  time_it(state, run);
  report_bytes(state, 3 * dy.bytes());
}
KERNEL_BENCHMARK(gather_rows_backward);

}  // namespace
}  // namespace mini_bert::bench

BENCHMARK_MAIN();
