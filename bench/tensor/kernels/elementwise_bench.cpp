#include "mini_bert/tensor/kernels/elementwise.h"

#include <cstring>

#include "bench/tensor/kernels/kernel_bench.h"

// A plain copy, divided among threads in each of the three ways. It is the upper limit for element-wise kernels.
namespace mini_bert::bench {
namespace {

template <class Copy>
void bench_copy(benchmark::State& state, const Copy& copy) {
  use_threads(state);
  const Tensor x = random_tensor({T, H});
  Tensor y({T, H});
  const float* const from = x.data<float>();
  float* const to = y.data<float>();
  copy(from, to);
  if (!agrees(state, y, [&](Index i) { return at(x, i); })) return;
  time_it(state, [&] { copy(from, to); });
  report_bytes(state, 2 * x.bytes());
}

void copy_elements(float* to, const float* from, Index count) {
  std::memcpy(to, from, static_cast<std::size_t>(count) * sizeof(float));
}

void copy_by_chunk(benchmark::State& state) {
  bench_copy(state, [](const float* from, float* to) {
    kernels::for_each_chunk(T * H,
                            [&](Index begin, Index end) { copy_elements(to + begin, from + begin, end - begin); });
  });
}
KERNEL_BENCHMARK(copy_by_chunk);

void copy_by_row(benchmark::State& state) {
  bench_copy(state, [](const float* from, float* to) {
    kernels::for_each_row(T, H, [&](Index t) { copy_elements(to + t * H, from + t * H, H); });
  });
}
KERNEL_BENCHMARK(copy_by_row);

void copy_by_column_block(benchmark::State& state) {
  bench_copy(state, [](const float* from, float* to) {
    kernels::for_each_column_block(H, [&](Index col, Index width) {
      for (Index t = 0; t < T; ++t) copy_elements(to + t * H + col, from + t * H + col, width);
    });
  });
}
KERNEL_BENCHMARK(copy_by_column_block);

}  // namespace
}  // namespace mini_bert::bench

BENCHMARK_MAIN();
