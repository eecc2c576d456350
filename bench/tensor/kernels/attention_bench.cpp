#include "mini_bert/tensor/kernels/attention.h"

#include <map>
#include <set>
#include <string>
#include <utility>
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
// Activations in f32 and in bfloat16 are the same numbers.
const kernels::AttentionInputs& inputs_of(Index length, Index tokens, DType dtype) {
  static std::map<std::pair<Index, DType>, kernels::AttentionInputs> drawn;
  kernels::AttentionInputs& inputs = drawn[{length, dtype}];
  if (!inputs.q.defined()) {
    const auto draw = [&](std::uint32_t stream) {
      return random_tensor({tokens, H}, stream).to(DType::bf16).to(dtype);
    };
    inputs = {draw(0), draw(2), draw(3)};
  }
  return inputs;
}

// What a benchmark measures: this CPU's SIMD kernels or the definition.
enum Measured : Index { f32_in_tiles, f32_as_defined, bf16_in_tiles };

// The arguments of a benchmark: threads, tokens per sentence, dropout in percent, and what it measures.
struct Inputs {
  explicit Inputs(const benchmark::State& state)
      : as_defined(state.range(3) == f32_as_defined),
        dtype(state.range(3) == bf16_in_tiles ? DType::bf16 : DType::f32),
        offsets(sentences(state.range(1))),
        options{.heads = N, .dropout = static_cast<double>(state.range(2)) / 100, .key = {.seed = 5}},
        inputs(inputs_of(state.range(1), offsets.tokens(), dtype)),
        output({offsets.tokens(), H}, dtype),
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
  DType dtype;
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
  Matrix<double> of(const Tensor& x) const {
    return block<float>(x.to(DType::f32), begin_, head_ * D, length_, D).cast<double>();
  }

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
// In bfloat16, results and factors are rounded by up to 2⁻⁸ of themselves.
bool agrees(DType dtype, const Matrix<double>& actual, const Matrix<double>& expected) {
  const double tolerance = dtype == DType::bf16 ? 0x1p-6 : 1e-4;
  return (actual - expected).cwiseAbs().maxCoeff() <= tolerance * expected.cwiseAbs().maxCoeff();  // false for NaN
}

// "of peak" is the share of the peak of f32, or of bfloat16 for activations in it, where this CPU multiplies it.
void report(benchmark::State& state, DType dtype, double flops) {
  static std::map<std::pair<DType, Index>, double> peaks;
  double& peak = peaks[{dtype, state.range(0)}];
  if (peak == 0) peak = product_peak(dtype, static_cast<int>(state.range(0)));
  report_flops(state, flops);
  state.counters["of peak"] =
      benchmark::Counter(flops / peak * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
  state.SetLabel(std::string(name_of(dtype)) + " " + std::string(name_of(isa())));
}

void attention_forward(benchmark::State& state) {
  use_threads(state);
  Inputs in(state);
  static std::set<std::vector<Index>> done;
  const auto check = [&](const Head& head) { return agrees(in.dtype, head.of(in.output), head.output()); };
  if (!verified(state, in, done, check)) return;
  time_it(state, [&] { in.forward(); });
  report(state, in.dtype, in.flops());
}

void attention_backward(benchmark::State& state) {
  use_threads(state);
  const Inputs in(state);
  const Tensor& doutput = in.inputs.q;  // arbitrary numbers
  Tensor dq(doutput.shape(), in.dtype), dk(doutput.shape(), in.dtype), dv(doutput.shape(), in.dtype);
  constexpr auto replace = kernels::Output::replace;
  const auto backward = [&] { in.backward(doutput, {{dq, replace}, {dk, replace}, {dv, replace}}); };
  backward();
  static std::set<std::vector<Index>> done;
  const auto check = [&](const Head& head) {
    const Head::Gradients expected = head.backward(head.of(doutput));
    return agrees(in.dtype, head.of(dq), expected.dq) && agrees(in.dtype, head.of(dk), expected.dk) &&
           agrees(in.dtype, head.of(dv), expected.dv);
  };
  if (!verified(state, in, done, check)) return;
  time_it(state, backward);
  report(state, in.dtype, 2 * in.flops());
}

void all_cases(benchmark::internal::Benchmark* b) {
  b->ArgNames({"threads", "tokens", "dropout_percent", "measured"})
      ->ArgsProduct({{1, 2}, {16, 32, 128, 512, 0}, {0, 10}, {f32_in_tiles, f32_as_defined, bf16_in_tiles}})
      ->MinTime(0.05)  // seconds; all 120 benchmarks take about a minute
      ->UseRealTime()
      ->Unit(benchmark::kMicrosecond);
}
BENCHMARK(attention_forward)->Apply(all_cases);
BENCHMARK(attention_backward)->Apply(all_cases);

}  // namespace
}  // namespace mini_bert::bench

BENCHMARK_MAIN();
