#include "mini_bert/tensor/kernels/attention.h"

#include <map>
#include <set>
#include <vector>

#include "bench/machine/fma_peak.h"
#include "bench/tensor/kernels/kernel_bench.h"
#include "mini_bert/tensor/eigen.h"

namespace mini_bert::bench {
namespace {

using Lengths = std::vector<Index>;

constexpr Index D = H / N;

// Sentences of `length` tokens each; 0 means the mixed lengths of a real text.
SequenceOffsets sentences(Index length) {
  if (length == 0) {
    return SequenceOffsets(Lengths{9,  14, 17, 21, 24, 26,  29,  31,  33,  36,  38,  41,  45,  48,  52, 57,
                                   63, 69, 76, 85, 96, 108, 121, 139, 162, 190, 236, 301, 402, 512, 22, 30});
  }
  return SequenceOffsets(Lengths(std::max(2048 / length, Index{4}), length));
}

// Queries, keys and values. All benchmarks of one length share them, because drawing them takes longer than a trial.
const kernels::AttentionInputs& inputs_of(Index length, Index tokens) {
  static std::map<Index, kernels::AttentionInputs> drawn;
  kernels::AttentionInputs& inputs = drawn[length];
  if (!inputs.q.defined()) {
    inputs = {random_tensor({tokens, H}), random_tensor({tokens, H}, 2), random_tensor({tokens, H}, 3)};
  }
  return inputs;
}

// The arguments of a benchmark: threads, tokens per sentence, dropout in percent, and whether it measures the
// definition or this CPU's SIMD kernels.
struct Inputs {
  explicit Inputs(const benchmark::State& state)
      : as_defined(state.range(3) != 0),
        offsets(sentences(state.range(1))),
        options{.heads = N, .dropout = static_cast<double>(state.range(2)) / 100, .key = {.seed = 5}},
        inputs(inputs_of(state.range(1), offsets.tokens())),
        output({offsets.tokens(), H}),
        log_sum_exp({offsets.tokens(), N}) {
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
  // The FLOP of the two products q·kᵀ and p·v. The backward pass has twice as many, without those that compute the
  // scores again.
  double flops() const {
    double pairs = 0;
    for (Index b = 0; b < offsets.count(); ++b) pairs += std::pow(offsets.length(b), 2);
    return 4 * pairs * H;
  }

  bool as_defined;
  SequenceOffsets offsets;
  kernels::AttentionOptions options;
  const kernels::AttentionInputs& inputs;
  Tensor output, log_sum_exp;
};

// One head of one sentence in double, computed with the formulas of attention.h.
class Head {
 public:
  Head(const Inputs& in, Index sentence, Index head)
      : begin_(in.offsets.begin(sentence)), length_(in.offsets.length(sentence)), head_(head) {
    const double scale = 1 / std::sqrt(static_cast<double>(D));
    q_ = of(in.inputs.q) * scale, k_ = of(in.inputs.k), v_ = of(in.inputs.v);
    p_ = (q_ * k_.transpose()).array().exp();
    p_.array().colwise() /= p_.rowwise().sum().eval().array();
    factors_.resize(length_, length_);
    for (Index i = 0; i < length_; ++i) {
      const auto first = static_cast<std::uint64_t>((begin_ + i) * N + head) << 16;
      for (Index j = 0; j < length_; ++j) {
        const bool dropped =
            uniform(in.options.key, first + static_cast<std::uint64_t>(j)) < static_cast<float>(in.options.dropout);
        factors_(i, j) = dropped ? 0 : 1 / (1 - in.options.dropout);
      }
    }
  }

  // The part of a tensor [T,H] that belongs to this head.
  Matrix<double> of(const Tensor& x) const { return block<float>(x, begin_, head_ * D, length_, D).cast<double>(); }

  Matrix<double> output() const { return p_.cwiseProduct(factors_) * v_; }

  struct Gradients {
    Matrix<double> dq, dk, dv;
  };
  Gradients backward(const Matrix<double>& doutput) const {
    const Matrix<double> dp = (doutput * v_.transpose()).cwiseProduct(factors_);
    const Matrix<double> centred = dp.colwise() - dp.cwiseProduct(p_).rowwise().sum().eval();
    const Matrix<double> dscores = p_.cwiseProduct(centred);
    const double scale = 1 / std::sqrt(static_cast<double>(D));
    return {dscores * k_ * scale, dscores.transpose() * q_, p_.cwiseProduct(factors_).transpose() * doutput};
  }

 private:
  Index begin_, length_, head_;
  Matrix<double> q_, k_, v_, p_, factors_;  // q is divided by √D
};

// Calls check(head) for the first head of the first sentence and for the last head of the longest. It runs once for
// each combination of arguments, because a benchmark function is called again for every trial. If a check fails, the
// benchmark fails too.
template <class Check>
bool verified(benchmark::State& state, const Inputs& in, std::set<std::vector<Index>>& done, const Check& check) {
  const std::vector<Index> arguments = {state.range(0), state.range(1), state.range(2), state.range(3)};
  if (done.contains(arguments)) return true;
  Index longest = 0;
  for (Index b = 0; b < in.offsets.count(); ++b) {
    if (in.offsets.length(b) >= in.offsets.length(longest)) longest = b;
  }
  if (!check(Head(in, 0, 0)) || !check(Head(in, longest, N - 1))) {
    state.SkipWithError("the result is wrong");
    return false;
  }
  done.insert(arguments);
  return true;
}
bool agrees(const Matrix<double>& actual, const Matrix<double>& expected) {
  return (actual - expected).cwiseAbs().maxCoeff() <= 1e-4 * expected.cwiseAbs().maxCoeff();  // false for NaN
}

void report(benchmark::State& state, double flops) {
  static const double peaks[] = {product_peak(DType::f32, 1), product_peak(DType::f32, 2)};
  report_flops(state, flops);
  state.counters["of peak"] = benchmark::Counter(
      flops / peaks[state.range(0) - 1] * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

void attention_forward(benchmark::State& state) {
  use_threads(state);
  Inputs in(state);
  static std::set<std::vector<Index>> done;
  if (!verified(state, in, done, [&](const Head& head) { return agrees(head.of(in.output), head.output()); })) return;
  time_it(state, [&] { in.forward(); });
  report(state, in.flops());
}

void attention_backward(benchmark::State& state) {
  use_threads(state);
  const Inputs in(state);
  const Tensor& doutput = in.inputs.q;  // arbitrary numbers
  Tensor dq(doutput.shape()), dk(doutput.shape()), dv(doutput.shape());
  constexpr auto replace = kernels::Output::replace;
  const auto backward = [&] { in.backward(doutput, {{dq, replace}, {dk, replace}, {dv, replace}}); };
  backward();
  static std::set<std::vector<Index>> done;
  const auto check = [&](const Head& head) {
    const Head::Gradients expected = head.backward(head.of(doutput));
    return agrees(head.of(dq), expected.dq) && agrees(head.of(dk), expected.dk) && agrees(head.of(dv), expected.dv);
  };
  if (!verified(state, in, done, check)) return;
  time_it(state, backward);
  report(state, 2 * in.flops());
}

void all_cases(benchmark::internal::Benchmark* b) {
  b->ArgNames({"threads", "tokens", "dropout_percent", "definition"})
      ->ArgsProduct({{1, 2}, {16, 32, 128, 512, 0}, {0, 10}, {0, 1}})
      ->MinTime(0.05)  // seconds; all 80 benchmarks take less than a minute
      ->UseRealTime()
      ->Unit(benchmark::kMicrosecond);
}
BENCHMARK(attention_forward)->Apply(all_cases);
BENCHMARK(attention_backward)->Apply(all_cases);

}  // namespace
}  // namespace mini_bert::bench

BENCHMARK_MAIN();
