#include "tensor/kernels/attention.h"

#include <vector>

#include "bench/tensor/kernels/kernel_bench.h"

namespace mini_bert::bench {
namespace {

constexpr Index D = H / N;
constexpr double flops = 4.0 * T * S * H;  // Q·Kᵀ and P·V

// T/S sentences of S tokens; the argument after the threads is the dropout in percent. Rows of P and dS are those of
// one query i in head n, over the tokens of its sentence.
struct Inputs {
  explicit Inputs(const benchmark::State& state)
      : offsets(std::vector<Index>(T / S, S)),
        options{.heads = N, .dropout = static_cast<double>(state.range(1)) / 100, .key = {.seed = 5}} {
    kernels::attention(qkv, offsets, options, output, log_sum_exp);
  }

  static Index first(Index i) { return i / S * S; }  // of the sentence of token i
  double q(Index i, Index n, Index c) const { return at(qkv, i, n * D + c); }
  double k(Index j, Index n, Index c) const { return at(qkv, j, H + n * D + c); }
  double v(Index j, Index n, Index c) const { return at(qkv, j, 2 * H + n * D + c); }

  std::vector<double> probabilities(Index i, Index n) const {
    std::vector<double> p(S);
    double sum = 0;
    for (Index j = 0; j < S; ++j) {
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
    std::vector<double> ds(S);
    double mean = 0;
    for (Index j = 0; j < S; ++j) {
      for (Index c = 0; c < D; ++c) ds[j] += factor(i, j, n) * at(doutput, i, n * D + c) * v(first(i) + j, n, c);
      mean += p[j] * ds[j];
    }
    for (Index j = 0; j < S; ++j) ds[j] = p[j] * (ds[j] - mean) / std::sqrt(D);
    return ds;
  }

  Tensor qkv = random_tensor({T, 3 * H}), output = Tensor({T, H}), log_sum_exp = Tensor({T, N});
  SequenceOffsets offsets;
  kernels::AttentionOptions options;
};

void attention_forward(benchmark::State& state) {
  use_threads(state);
  Inputs in(state);
  const auto expected = [&](Index e) {
    const Index i = e / H, n = e % H / D, c = e % D;
    const std::vector<double> p = in.probabilities(i, n);
    double sum = 0;
    for (Index j = 0; j < S; ++j) sum += p[j] * in.factor(i, j, n) * in.v(in.first(i) + j, n, c);
    return sum;
  };
  if (!agrees(state, in.output, expected)) return;
  time_it(state, [&] { kernels::attention(in.qkv, in.offsets, in.options, in.output, in.log_sum_exp); });
  report_flops(state, flops);
}

void attention_backward(benchmark::State& state) {
  use_threads(state);
  const Inputs in(state);
  const Tensor doutput = random_tensor({T, H}, 1);
  Tensor dqkv = Tensor::zeros({T, 3 * H});
  const auto run = [&] {
    kernels::attention_backward(doutput, in.qkv, in.log_sum_exp, in.offsets, in.options, added_to(dqkv));
  };
  run();
  const auto expected = [&](Index e) {
    const Index t = e / (3 * H), part = e % (3 * H) / H, n = e % H / D, c = e % D, first = in.first(t);
    double sum = 0;
    if (part == 0) {  // dQ = dS·K
      const std::vector<double> ds = in.score_gradients(t, n, doutput);
      for (Index j = 0; j < S; ++j) sum += ds[j] * in.k(first + j, n, c);
    } else if (part == 1) {  // dK = dSᵀ·Q
      for (Index i = first; i < first + S; ++i) sum += in.score_gradients(i, n, doutput)[t - first] * in.q(i, n, c);
    } else {  // dV = P̃ᵀ·dO
      for (Index i = first; i < first + S; ++i) {
        sum += in.probabilities(i, n)[t - first] * in.factor(i, t - first, n) * at(doutput, i, n * D + c);
      }
    }
    return sum;
  };
  if (!agrees(state, dqkv, expected)) return;
  time_it(state, run);
  report_flops(state, 2.5 * flops);  // scores again, dV, dP, dQ, dK
}

BENCHMARK(attention_forward)
    ->ArgNames({"threads", "dropout_percent"})
    ->ArgsProduct({{1, 2}, {0, 10}})
    ->UseRealTime()
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(attention_backward)
    ->ArgNames({"threads", "dropout_percent"})
    ->ArgsProduct({{1, 2}, {0, 10}})
    ->UseRealTime()
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace mini_bert::bench

BENCHMARK_MAIN();
