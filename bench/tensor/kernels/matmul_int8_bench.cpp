#include "mini_bert/tensor/kernels/matmul_int8.h"

#include "bench/tensor/kernels/kernel_bench.h"
#include "mini_bert/tensor/kernels/linear.h"

// Linear layers whose weights are read in place, from panels, and as int8: for one sentence, and for many. A few
// weights take turns, so that they come from memory as they do in a model.
namespace mini_bert::bench {
namespace {

template <WeightUse use, Index tokens, Index in, Index out>
void packed_linear(benchmark::State& state) {
  use_threads(state);
  constexpr int count = 24;
  const Tensor x = random_tensor({tokens, in}, 0), bias = random_tensor({out}, 2);
  PackedWeight packed[count];
  std::vector<StoredWeight> weights;
  for (PackedWeight& copy : packed) {
    copy.set_use(use);
    weights.emplace_back(random_tensor({out, in}, 1));
    if (use != WeightUse::in_place) weights.back().packed = &copy;
  }
  Tensor y({tokens, out});
  std::size_t next = 0;
  const auto run = [&] { kernels::linear(x, weights[next++ % count], bias, y); };
  for (int pass = 0; pass < 2 * count; ++pass) run();
  const auto expected = [&](Index i) {
    double sum = at(bias, i % out);
    for (Index k = 0; k < in; ++k) sum += at(x, i / out, k) * at(weights[0].values, i % out, k);
    return sum;
  };
  if (!agrees(state, y, expected, use == WeightUse::int8 ? 0.03 : 1e-4)) return;
  time_it(state, run);
  report_flops(state, 2.0 * tokens * in * out);
}
KERNEL_BENCHMARK(packed_linear<WeightUse::in_place, 16, H, H>);
KERNEL_BENCHMARK(packed_linear<WeightUse::panels, 16, H, H>);
KERNEL_BENCHMARK(packed_linear<WeightUse::int8, 16, H, H>);
KERNEL_BENCHMARK(packed_linear<WeightUse::in_place, 16, H, F>);
KERNEL_BENCHMARK(packed_linear<WeightUse::panels, 16, H, F>);
KERNEL_BENCHMARK(packed_linear<WeightUse::int8, 16, H, F>);
KERNEL_BENCHMARK(packed_linear<WeightUse::in_place, 16, F, H>);
KERNEL_BENCHMARK(packed_linear<WeightUse::panels, 16, F, H>);
KERNEL_BENCHMARK(packed_linear<WeightUse::int8, 16, F, H>);
KERNEL_BENCHMARK(packed_linear<WeightUse::in_place, T, H, F>);
KERNEL_BENCHMARK(packed_linear<WeightUse::panels, T, H, F>);
KERNEL_BENCHMARK(packed_linear<WeightUse::int8, T, H, F>);

}  // namespace
}  // namespace mini_bert::bench

BENCHMARK_MAIN();
