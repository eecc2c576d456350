#include "mini_bert/tensor/kernels/segment_cross_entropy.h"

#include "bench/tensor/kernels/kernel_bench.h"

namespace mini_bert::bench {
namespace {

// The begin and the end of an answer in each of four sentences of 128 tokens.
struct Inputs {
  SequenceOffsets sentences{std::vector<Index>(T / sentence_length, sentence_length)};
  Tensor logits = random_tensor({T, 2});
  Tensor labels = random_indices(sentence_length).rows(0, 2 * T / sentence_length).reshape({T / sentence_length, 2});
  Tensor loss = Tensor(Shape{}), log_sum_exp = Tensor({T / sentence_length, 2});

  double expected_log_sum_exp(Index sentence, Index c) const {
    double sum = 0;
    for (Index t = sentence * sentence_length; t < (sentence + 1) * sentence_length; ++t)
      sum += std::exp(at(logits, t, c));
    return std::log(sum);
  }
  Index label(Index sentence, Index c) const {
    return sentence * sentence_length + labels.data<std::int32_t>()[2 * sentence + c];
  }
};

void segment_cross_entropy_forward(benchmark::State& state) {
  use_threads(state);
  Inputs in;
  const auto run = [&] {
    kernels::segment_cross_entropy(in.logits, in.sentences, in.labels, 1, in.loss, in.log_sum_exp);
  };
  run();
  const auto expected = [&](Index) {
    double sum = 0;
    for (Index s = 0; s < T / sentence_length; ++s) {
      for (const Index c : {0, 1}) sum += in.expected_log_sum_exp(s, c) - at(in.logits, in.label(s, c), c);
    }
    return sum;
  };
  if (!agrees(state, in.loss, expected)) return;
  time_it(state, run);
  report_bytes(state, in.logits.bytes());
}
KERNEL_BENCHMARK(segment_cross_entropy_forward);

void segment_cross_entropy_backward(benchmark::State& state) {
  use_threads(state);
  Inputs in;
  const Tensor dloss = Tensor::full({}, 1);
  Tensor dlogits = Tensor::zeros({T, 2});
  kernels::segment_cross_entropy(in.logits, in.sentences, in.labels, 1, in.loss, in.log_sum_exp);
  const auto run = [&] {
    kernels::segment_cross_entropy_backward(dloss, in.logits, in.sentences, in.labels, 1, in.log_sum_exp,
                                            added_to(dlogits));
  };
  run();
  const auto expected = [&](Index i) {
    const Index t = i / 2, c = i % 2, s = t / sentence_length;
    return std::exp(at(in.logits, i) - in.expected_log_sum_exp(s, c)) - (t == in.label(s, c));
  };
  if (!agrees(state, dlogits, expected)) return;
  time_it(state, run);
  report_bytes(state, 3 * in.logits.bytes());
}
KERNEL_BENCHMARK(segment_cross_entropy_backward);

}  // namespace
}  // namespace mini_bert::bench

BENCHMARK_MAIN();
