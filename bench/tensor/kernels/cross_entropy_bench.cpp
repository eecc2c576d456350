#include "mini_bert/tensor/kernels/cross_entropy.h"

#include "bench/tensor/kernels/kernel_bench.h"

namespace mini_bert::bench {
namespace {

struct Inputs {
  Tensor logits = random_tensor({M, V});
  Tensor labels = random_indices(V).rows(0, M);
  Tensor loss = Tensor(Shape{}), log_sum_exp = Tensor({M});

  std::int32_t label(Index m) const { return labels.data<std::int32_t>()[m]; }
  double expected_log_sum_exp(Index m) const {
    double sum = 0;
    for (Index v = 0; v < V; ++v) sum += std::exp(at(logits, m, v));
    return std::log(sum);
  }
};

void cross_entropy_forward(benchmark::State& state) {
  use_threads(state);
  Inputs in;
  const auto run = [&] { kernels::cross_entropy(in.logits, in.labels, {}, M, in.loss, in.log_sum_exp); };
  run();
  const auto expected = [&](Index) {
    double sum = 0;
    for (Index m = 0; m < M; ++m) sum += in.expected_log_sum_exp(m) - at(in.logits, m, in.label(m));
    return sum / M;
  };
  if (!agrees(state, in.loss, expected)) return;
  time_it(state, run);
  report_bytes(state, in.logits.bytes());
}
KERNEL_BENCHMARK(cross_entropy_forward);

void cross_entropy_backward(benchmark::State& state) {
  use_threads(state);
  Inputs in;
  const Tensor dloss = Tensor::full({}, 1);
  Tensor dlogits = Tensor::zeros({M, V});
  kernels::cross_entropy(in.logits, in.labels, {}, M, in.loss, in.log_sum_exp);
  const auto run = [&] {
    kernels::cross_entropy_backward(dloss, in.logits, in.labels, {}, M, in.log_sum_exp, added_to(dlogits));
  };
  run();
  const auto expected = [&](Index i) {
    const double p = std::exp(at(in.logits, i) - in.expected_log_sum_exp(i / V));
    return (p - (i % V == in.label(i / V))) / M;
  };
  if (!agrees(state, dlogits, expected)) return;
  time_it(state, run);
  report_bytes(state, 3 * in.logits.bytes());
}
KERNEL_BENCHMARK(cross_entropy_backward);

}  // namespace
}  // namespace mini_bert::bench

BENCHMARK_MAIN();
