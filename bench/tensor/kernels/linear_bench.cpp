#include "mini_bert/tensor/kernels/linear.h"

#include "bench/tensor/kernels/kernel_bench.h"

namespace mini_bert::bench {
namespace {

template <Index tokens, Index in, Index out>
void linear_forward(benchmark::State& state) {
  use_threads(state);
  const Tensor x = random_tensor({tokens, in}, 0), weight = random_tensor({out, in}, 1), bias = random_tensor({out}, 2);
  Tensor y({tokens, out});
  const auto run = [&] { kernels::linear(x, weight, bias, y); };
  run();
  const auto expected = [&](Index i) {
    double sum = at(bias, i % out);
    for (Index k = 0; k < in; ++k) sum += at(x, i / out, k) * at(weight, i % out, k);
    return sum;
  };
  if (!agrees(state, y, expected)) return;
  time_it(state, run);
  report_flops(state, 2.0 * tokens * in * out);
}
KERNEL_BENCHMARK(linear_forward<T, H, H>);  // queries, keys and values, and the output of attention
KERNEL_BENCHMARK(linear_forward<T, H, F>);  // feed-forward, first layer
KERNEL_BENCHMARK(linear_forward<T, F, H>);  // feed-forward, second layer
KERNEL_BENCHMARK(linear_forward<M, H, V>);  // the decoder, for masked rows

template <Index tokens, Index in, Index out>
void linear_backward(benchmark::State& state) {
  use_threads(state);
  const Tensor x = random_tensor({tokens, in}, 0), weight = random_tensor({out, in}, 1);
  const Tensor dy = random_tensor({tokens, out}, 2);
  Tensor dx = Tensor::zeros({tokens, in}), dweight = Tensor::zeros({out, in}), dbias = Tensor::zeros({out});
  const auto run = [&] { kernels::linear_backward(dy, x, weight, added_to(dx), added_to(dweight), added_to(dbias)); };
  run();
  const auto expected_dx = [&](Index i) {
    double sum = 0;
    for (Index o = 0; o < out; ++o) sum += at(dy, i / in, o) * at(weight, o, i % in);
    return sum;
  };
  const auto expected_dweight = [&](Index i) {
    double sum = 0;
    for (Index t = 0; t < tokens; ++t) sum += at(dy, t, i / in) * at(x, t, i % in);
    return sum;
  };
  const auto expected_dbias = [&](Index o) {
    double sum = 0;
    for (Index t = 0; t < tokens; ++t) sum += at(dy, t, o);
    return sum;
  };
  if (!agrees(state, dx, expected_dx) || !agrees(state, dweight, expected_dweight) ||
      !agrees(state, dbias, expected_dbias)) {
    return;
  }
  time_it(state, run);
  report_flops(state, 4.0 * tokens * in * out);
}
KERNEL_BENCHMARK(linear_backward<T, H, H>);
KERNEL_BENCHMARK(linear_backward<T, H, F>);
KERNEL_BENCHMARK(linear_backward<T, F, H>);
KERNEL_BENCHMARK(linear_backward<M, H, V>);

}  // namespace
}  // namespace mini_bert::bench

BENCHMARK_MAIN();
