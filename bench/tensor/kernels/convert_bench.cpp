#include "mini_bert/tensor/kernels/convert.h"

#include "bench/tensor/kernels/kernel_bench.h"

namespace mini_bert::bench {
namespace {

void convert_to_bf16(benchmark::State& state) {
  use_threads(state);
  const Tensor x = random_tensor({T, H});
  Tensor y({T, H}, DType::bf16);
  const auto run = [&] { kernels::convert(x, y); };
  run();
  if (!agrees(
          state, y.to(DType::f32), [&](Index i) { return at(x, i); }, 1.0 / 256))
    return;
  time_it(state, run);
  report_bytes(state, x.bytes() + y.bytes());
}
KERNEL_BENCHMARK(convert_to_bf16);

void convert_to_f32(benchmark::State& state) {
  use_threads(state);
  const Tensor wide = random_tensor({T, H}), x = wide.to(DType::bf16);
  Tensor y({T, H});
  const auto run = [&] { kernels::convert(x, y); };
  run();
  if (!agrees(
          state, y, [&](Index i) { return at(wide, i); }, 1.0 / 256))
    return;
  time_it(state, run);
  report_bytes(state, x.bytes() + y.bytes());
}
KERNEL_BENCHMARK(convert_to_f32);

}  // namespace
}  // namespace mini_bert::bench

BENCHMARK_MAIN();
