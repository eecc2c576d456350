#include "mini_bert/tensor/kernels/binary_cross_entropy.h"

#include "bench/tensor/kernels/kernel_bench.h"

namespace mini_bert::bench {
namespace {

// 32 sentences with a thousand labels each.
constexpr Index sentences = 32, labels = 1000, elements = sentences * labels;

double sigmoid(double z) {
  return 1 / (1 + std::exp(-z));
}

void binary_cross_entropy_forward(benchmark::State& state) {
  use_threads(state);
  const Tensor logits = random_tensor({sentences, labels}), targets = Tensor::full({sentences, labels}, 0.25);
  Tensor loss(Shape{});
  const auto run = [&] { kernels::binary_cross_entropy(logits, targets, elements, loss); };
  run();
  const auto expected = [&](Index) {
    double sum = 0;
    for (Index i = 0; i < elements; ++i) {
      const double p = sigmoid(at(logits, i));
      sum -= 0.25 * std::log(p) + 0.75 * std::log(1 - p);
    }
    return sum / elements;
  };
  if (!agrees(state, loss, expected)) return;
  time_it(state, run);
  report_bytes(state, 2 * logits.bytes());
}
KERNEL_BENCHMARK(binary_cross_entropy_forward);

void binary_cross_entropy_backward(benchmark::State& state) {
  use_threads(state);
  const Tensor logits = random_tensor({sentences, labels}), targets = Tensor::full({sentences, labels}, 0.25);
  const Tensor dloss = Tensor::full({}, 1);
  Tensor dlogits = Tensor::zeros({sentences, labels});
  const auto run = [&] { kernels::binary_cross_entropy_backward(dloss, logits, targets, elements, added_to(dlogits)); };
  run();
  if (!agrees(state, dlogits, [&](Index i) { return (sigmoid(at(logits, i)) - 0.25) / elements; })) return;
  time_it(state, run);
  report_bytes(state, 4 * logits.bytes());
}
KERNEL_BENCHMARK(binary_cross_entropy_backward);

}  // namespace
}  // namespace mini_bert::bench

BENCHMARK_MAIN();
