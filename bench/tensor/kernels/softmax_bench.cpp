#include "mini_bert/tensor/kernels/softmax.h"

#include "bench/tensor/kernels/kernel_bench.h"

namespace mini_bert::bench {
namespace {

// The attention scores of all heads of all sentences: T·N rows of 128.
constexpr Index rows = T * N;

double expected(const Tensor& x, Index i) {
  double sum = 0;
  for (Index j = 0; j < sentence_length; ++j) sum += std::exp(at(x, i / sentence_length, j));
  return std::exp(at(x, i)) / sum;
}

void softmax_forward(benchmark::State& state) {
  use_threads(state);
  const Tensor x = random_tensor({rows, sentence_length});
  Tensor y({rows, sentence_length});
  const auto run = [&] { kernels::softmax(x, y); };
  run();
  if (!agrees(state, y, [&](Index i) { return expected(x, i); })) return;
  time_it(state, run);
  report_bytes(state, 2 * x.bytes());
}
KERNEL_BENCHMARK(softmax_forward);

void softmax_backward(benchmark::State& state) {
  use_threads(state);
  const Tensor x = random_tensor({rows, sentence_length}, 0), dy = random_tensor({rows, sentence_length}, 1);
  Tensor y({rows, sentence_length}), dx = Tensor::zeros({rows, sentence_length});
  kernels::softmax(x, y);
  const auto run = [&] { kernels::softmax_backward(dy, y, added_to(dx)); };
  run();
  const auto expected_dx = [&](Index i) {
    double sum = 0;
    for (Index j = 0; j < sentence_length; ++j) sum += at(dy, i / sentence_length, j) * at(y, i / sentence_length, j);
    return at(y, i) * (at(dy, i) - sum);
  };
  if (!agrees(state, dx, expected_dx)) return;
  time_it(state, run);
  report_bytes(state, 4 * x.bytes());
}
KERNEL_BENCHMARK(softmax_backward);

}  // namespace
}  // namespace mini_bert::bench

BENCHMARK_MAIN();
