#include "tensor/kernels/matmul.h"

#include "bench/tensor/kernels/kernel_bench.h"

namespace mini_bert::bench {
namespace {

using kernels::Output;

// The feed-forward layer: [T,H]·[H,F], and the same number of operations with one or the other side transposed.
constexpr double flops = 2.0 * T * H * F;

void matmul_forward(benchmark::State& state) {
  use_threads(state);
  const Tensor a = random_tensor({T, H}, 0), b = random_tensor({H, F}, 1);
  Tensor c({T, F});
  const auto run = [&] { kernels::matmul(a, b, c, Output::replace); };
  run();
  const auto expected = [&](Index i) {
    double sum = 0;
    for (Index k = 0; k < H; ++k) sum += at(a, i / F, k) * at(b, k, i % F);
    return sum;
  };
  if (!agrees(state, c, expected)) return;
  time_it(state, run);
  report_flops(state, flops);
}
KERNEL_BENCHMARK(matmul_forward);

void matmul_backward(benchmark::State& state) {
  use_threads(state);
  const Tensor a = random_tensor({T, H}, 0), b = random_tensor({H, F}, 1), dc = random_tensor({T, F}, 2);
  Tensor da = Tensor::zeros({T, H}), db = Tensor::zeros({H, F});
  const auto run = [&] { kernels::matmul_backward(dc, a, b, added_to(da), added_to(db)); };
  run();
  const auto expected_da = [&](Index i) {
    double sum = 0;
    for (Index n = 0; n < F; ++n) sum += at(dc, i / H, n) * at(b, i % H, n);
    return sum;
  };
  const auto expected_db = [&](Index i) {
    double sum = 0;
    for (Index t = 0; t < T; ++t) sum += at(a, t, i / F) * at(dc, t, i % F);
    return sum;
  };
  if (!agrees(state, da, expected_da) || !agrees(state, db, expected_db)) return;
  time_it(state, run);
  report_flops(state, 2 * flops);
}
KERNEL_BENCHMARK(matmul_backward);

}  // namespace
}  // namespace mini_bert::bench

BENCHMARK_MAIN();
