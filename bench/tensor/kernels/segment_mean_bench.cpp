#include "mini_bert/tensor/kernels/segment_mean.h"

#include "bench/tensor/kernels/kernel_bench.h"

namespace mini_bert::bench {
namespace {

const SequenceOffsets sentences{std::vector<Index>(T / sentence_length, sentence_length)};

void segment_mean_forward(benchmark::State& state) {
  use_threads(state);
  const Tensor x = random_tensor({T, H});
  Tensor y({T / sentence_length, H});
  const auto run = [&] { kernels::segment_mean(x, sentences, y); };
  run();
  const auto expected = [&](Index i) {
    double sum = 0;
    for (Index t = 0; t < sentence_length; ++t) sum += at(x, i / H * sentence_length + t, i % H);
    return sum / sentence_length;
  };
  if (!agrees(state, y, expected)) return;
  time_it(state, run);
  report_bytes(state, x.bytes());
}
KERNEL_BENCHMARK(segment_mean_forward);

void segment_mean_backward(benchmark::State& state) {
  use_threads(state);
  const Tensor dy = random_tensor({T / sentence_length, H});
  Tensor dx = Tensor::zeros({T, H});
  const auto run = [&] { kernels::segment_mean_backward(dy, sentences, added_to(dx)); };
  run();
  if (!agrees(state, dx, [&](Index i) { return at(dy, i / H / sentence_length, i % H) / sentence_length; })) return;
  time_it(state, run);
  report_bytes(state, 2 * dx.bytes());
}
KERNEL_BENCHMARK(segment_mean_backward);

}  // namespace
}  // namespace mini_bert::bench

BENCHMARK_MAIN();
