#include "mini_bert/tensor/kernels/attention.h"

#include <vector>

#include "bench/machine/fma_peak.h"
#include "bench/tensor/kernels/kernel_bench.h"

namespace mini_bert::bench {
namespace {

using Lengths = std::vector<Index>;

constexpr Index D = H / N;

// Sentences of `length` tokens, or for 0 of the mixed lengths of a text.
SequenceOffsets sentences(Index length) {
  if (length == 0) {
    return SequenceOffsets(Lengths{9,  14, 17, 21, 24, 26,  29,  31,  33,  36,  38,  41,  45,  48,  52, 57,
                                   63, 69, 76, 85, 96, 108, 121, 139, 162, 190, 236, 301, 402, 512, 22, 30});
  }
  return SequenceOffsets(Lengths(std::max(2048 / length, Index{4}), length));
}

// The arguments of a benchmark are threads, tokens a sentence, dropout in percent, and whether the definition is
// computed or the loops of this CPU. Rows of P and dS are those of one query i in head n, over the tokens of its
// sentence.
struct Inputs {
  explicit Inputs(const benchmark::State& state)
      : as_defined(state.range(3) != 0),
        offsets(sentences(state.range(1))),
        options{.heads = N, .dropout = static_cast<double>(state.range(2)) / 100, .key = {.seed = 5}} {
    for (Index b = 0; b < offsets.count(); ++b) sentence_of.resize(offsets.end(b), b);
    forward();
  }

  void forward() {
    const auto kernel = as_defined ? kernels::attention_as_defined : kernels::attention;
    kernel(inputs, offsets, options, output, log_sum_exp);
  }
  void backward(const Tensor& doutput, const kernels::AttentionGradients& gradients) const {
    const auto kernel = as_defined ? kernels::attention_backward_as_defined : kernels::attention_backward;
    kernel(doutput, inputs, log_sum_exp, offsets, options, gradients);
  }
  // Of Q·Kᵀ and P·V; the backward pass has twice as many, not counting that it computes the scores again.
  double flops() const {
    double pairs = 0;
    for (Index b = 0; b < offsets.count(); ++b) pairs += std::pow(offsets.length(b), 2);
    return 4 * pairs * H;
  }

  Index first(Index i) const { return offsets.begin(sentence_of[i]); }  // of the sentence of token i
  Index length(Index i) const { return offsets.length(sentence_of[i]); }
  double q(Index i, Index n, Index c) const { return at(inputs.q, i, n * D + c); }
  double k(Index j, Index n, Index c) const { return at(inputs.k, j, n * D + c); }
  double v(Index j, Index n, Index c) const { return at(inputs.v, j, n * D + c); }

  std::vector<double> probabilities(Index i, Index n) const {
    std::vector<double> p(length(i));
    double sum = 0;
    for (Index j = 0; j < length(i); ++j) {
      double score = 0;
      for (Index c = 0; c < D; ++c) score += q(i, n, c) * k(first(i) + j, n, c);
      sum += p[j] = std::exp(score / std::sqrt(D));
    }
    for (double& value : p) value /= sum;
    return p;
  }
  double factor(Index i, Index j, Index n) const {  // what dropout multiplies p_ij with
    const auto draw = (static_cast<std::uint64_t>(i * N + n) << 16) + static_cast<std::uint64_t>(j);
    return uniform(options.key, draw) < static_cast<float>(options.dropout) ? 0 : 1 / (1 - options.dropout);
  }
  std::vector<double> score_gradients(Index i, Index n, const Tensor& doutput) const {
    const std::vector<double> p = probabilities(i, n);
    std::vector<double> ds(length(i));
    double mean = 0;
    for (Index j = 0; j < length(i); ++j) {
      for (Index c = 0; c < D; ++c) ds[j] += factor(i, j, n) * at(doutput, i, n * D + c) * v(first(i) + j, n, c);
      mean += p[j] * ds[j];
    }
    for (Index j = 0; j < length(i); ++j) ds[j] = p[j] * (ds[j] - mean) / std::sqrt(D);
    return ds;
  }

  bool as_defined;
  SequenceOffsets offsets;
  kernels::AttentionOptions options;
  std::vector<Index> sentence_of;
  kernels::AttentionInputs inputs = {random_tensor({offsets.tokens(), H}), random_tensor({offsets.tokens(), H}, 2),
                                     random_tensor({offsets.tokens(), H}, 3)};
  Tensor output = Tensor({offsets.tokens(), H}), log_sum_exp = Tensor({offsets.tokens(), N});
};

void report(benchmark::State& state, double flops) {
  static const double peaks[] = {product_peak(DType::f32, 1), product_peak(DType::f32, 2)};
  report_flops(state, flops);
  state.counters["of peak"] = benchmark::Counter(
      flops / peaks[state.range(0) - 1] * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

void attention_forward(benchmark::State& state) {
  use_threads(state);
  Inputs in(state);
  const auto expected = [&](Index e) {
    const Index i = e / H, n = e % H / D, c = e % D;
    const std::vector<double> p = in.probabilities(i, n);
    double sum = 0;
    for (Index j = 0; j < in.length(i); ++j) sum += p[j] * in.factor(i, j, n) * in.v(in.first(i) + j, n, c);
    return sum;
  };
  if (!agrees(state, in.output, expected)) return;
  time_it(state, [&] { in.forward(); });
  report(state, in.flops());
}

void attention_backward(benchmark::State& state) {
  use_threads(state);
  const Inputs in(state);
  const Tensor doutput = random_tensor(in.output.shape(), 1);
  Tensor dq(doutput.shape()), dk(doutput.shape()), dv(doutput.shape());
  constexpr auto replace = kernels::Output::replace;
  const auto backward = [&] { in.backward(doutput, {{dq, replace}, {dk, replace}, {dv, replace}}); };
  backward();
  // The sum of term(other token, its place in the sentence) over the sentence of the token of element e.
  const auto sum_over_sentence = [&](Index e, const auto& term) {
    const Index t = e / H, first = in.first(t);
    double sum = 0;
    for (Index i = 0; i < in.length(t); ++i) sum += term(first + i, i);
    return sum;
  };
  const auto expected_dq = [&](Index e) {  // dS·K
    const Index n = e % H / D, c = e % D;
    const std::vector<double> ds = in.score_gradients(e / H, n, doutput);
    return sum_over_sentence(e, [&](Index j, Index place) { return ds[place] * in.k(j, n, c); });
  };
  const auto expected_dk = [&](Index e) {  // dSᵀ·Q
    const Index t = e / H, n = e % H / D, c = e % D;
    return sum_over_sentence(
        e, [&](Index i, Index) { return in.score_gradients(i, n, doutput)[t - in.first(t)] * in.q(i, n, c); });
  };
  const auto expected_dv = [&](Index e) {  // P̃ᵀ·dO
    const Index t = e / H, n = e % H / D, place = t - in.first(t);
    return sum_over_sentence(e, [&](Index i, Index) {
      return in.probabilities(i, n)[place] * in.factor(i, place, n) * at(doutput, i, e % H);
    });
  };
  if (!agrees(state, dq, expected_dq) || !agrees(state, dk, expected_dk) || !agrees(state, dv, expected_dv)) return;
  time_it(state, backward);
  report(state, 2 * in.flops());
}

void all_cases(benchmark::internal::Benchmark* b) {
  b->ArgNames({"threads", "tokens", "dropout_percent", "definition"})
      ->ArgsProduct({{1, 2}, {16, 32, 128, 512, 0}, {0, 10}, {0, 1}})
      ->UseRealTime()
      ->Unit(benchmark::kMicrosecond);
}
BENCHMARK(attention_forward)->Apply(all_cases);
BENCHMARK(attention_backward)->Apply(all_cases);

}  // namespace
}  // namespace mini_bert::bench

BENCHMARK_MAIN();
