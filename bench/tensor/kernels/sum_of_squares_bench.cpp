#include "mini_bert/tensor/kernels/sum_of_squares.h"

#include "bench/tensor/kernels/kernel_bench.h"

namespace mini_bert::bench {
namespace {

void sum_of_squares(benchmark::State& state) {
  use_threads(state);
  const Tensor x = random_tensor({F, H});
  double expected = 0;
  for (Index i = 0; i < x.size(); ++i) expected += at(x, i) * at(x, i);
  if (!agrees(state, Tensor::full({}, kernels::sum_of_squares(x)), [&](Index) { return expected; })) return;
  time_it(state, [&] { benchmark::DoNotOptimize(kernels::sum_of_squares(x)); });
  report_bytes(state, x.bytes());
}
KERNEL_BENCHMARK(sum_of_squares);

}  // namespace
}  // namespace mini_bert::bench

BENCHMARK_MAIN();
