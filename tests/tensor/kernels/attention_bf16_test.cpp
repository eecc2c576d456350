#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "mini_bert/tensor/allocator.h"
#include "mini_bert/tensor/random.h"
#include "mini_bert/tensor/rehearsal.h"
#include "tests/tensor/kernels/attention_testing.h"

// Attention of bfloat16 activations, on every instruction set that this program can run. Those that multiply bfloat16
// round two factors: e∘R with e = exp(scores − max) and the dropout factors R, and dscores.
namespace mini_bert::testing {
namespace {

// If every element of these factors changes by at most the part δ of itself, a result changes by at most δ times this.
struct Sensitivity {
  explicit Sensitivity(const Problem& p)
      : output(Tensor::zeros(p.q.shape(), DType::f64)), dq(output.clone()), dk(output.clone()), dv(output.clone()) {
    for (Index b = 0; b < p.offsets.count(); ++b) {
      for (Index n = 0; n < p.options.heads; ++n) {
        for (Index i = p.offsets.begin(b); i < p.offsets.end(b); ++i) add_query(p, b, n, i);
      }
    }
  }

  Tensor output, dq, dk, dv;

 private:
  // Adds what row i of the probabilities of one head contributes.
  void add_query(const Problem& p, Index sentence, Index head, Index i) {
    const Index size = p.q.cols() / p.options.heads, first = p.offsets.begin(sentence);
    const Index length = p.offsets.length(sentence);
    const double scale = 1 / std::sqrt(static_cast<double>(size));
    const auto index = [&](Index t, Index c) { return t * p.q.cols() + head * size + c; };
    const auto at = [&](const Tensor& x, Index t, Index c) -> double { return x.data<float>()[index(t, c)]; };
    const auto product = [&](const Tensor& x, const Tensor& y, Index j) {
      double sum = 0;
      for (Index c = 0; c < size; ++c) sum += at(x, i, c) * at(y, j, c);
      return sum;
    };
    std::vector<double> probability, factor, gradient;
    double most = -std::numeric_limits<double>::infinity(), total = 0, mean = 0;
    for (Index j = 0; j < length; ++j) most = std::max(most, product(p.q, p.k, first + j) * scale);
    for (Index j = 0; j < length; ++j) {
      probability.push_back(std::exp(product(p.q, p.k, first + j) * scale - most));
      total += probability.back();
      const auto draw = (static_cast<std::uint64_t>(i * p.options.heads + head) << 16) + static_cast<std::uint64_t>(j);
      const bool dropped = uniform(p.options.key, draw) < static_cast<float>(p.options.dropout);
      factor.push_back(dropped ? 0 : 1 / (1 - p.options.dropout));
      gradient.push_back(factor.back() * product(p.doutput, p.v, first + j));
      mean += probability.back() * gradient.back();
    }
    for (std::size_t j = 0; j < probability.size(); ++j) {
      const double kept = probability[j] / total * factor[j];
      const double dscore = std::abs(probability[j] / total * (gradient[j] - mean / total)) * scale;
      const Index key = first + static_cast<Index>(j);
      for (Index c = 0; c < size; ++c) {
        output.data<double>()[index(i, c)] += kept * std::abs(at(p.v, key, c));
        dv.data<double>()[index(key, c)] += kept * std::abs(at(p.doutput, i, c));
        dq.data<double>()[index(i, c)] += dscore * std::abs(at(p.k, key, c));
        dk.data<double>()[index(key, c)] += dscore * std::abs(at(p.q, i, c));
      }
    }
  }
};

// The largest error as a part of what is allowed: u = 2⁻⁸ of the result, which is rounded to bfloat16, u of the
// sensitivity if factors are rounded, and a little for sums in f32 and for products of two roundings.
double error(const Tensor& result, const Tensor& expected, const Tensor& sensitivity, bool rounds_factors) {
  constexpr double u = 0x1p-8, rest = 0x1p-14;
  const Tensor actual = result.to(DType::f64);
  double largest = 0, worst = 0;
  for (const double x : sensitivity.values<double>()) largest = std::max(largest, x);
  for (Index i = 0; i < actual.size(); ++i) {
    const double wanted = expected.data<double>()[i];
    const double allowed =
        u * std::abs(wanted) + (rounds_factors ? u * sensitivity.data<double>()[i] : 0) + rest * (1 + largest);
    const double part = std::abs(actual.data<double>()[i] - wanted) / allowed;
    worst = std::isnan(part) ? std::numeric_limits<double>::infinity() : std::max(worst, part);
  }
  return worst;
}

void check_within_bounds(const Results& actual, const Results& expected, const Sensitivity& s, bool rounds_factors) {
  CHECK(error(actual.output, expected.output, s.output, rounds_factors) < 1);
  CHECK(error(actual.dq, expected.dq, s.dq, rounds_factors) < 1);
  CHECK(error(actual.dk, expected.dk, s.dk, rounds_factors) < 1);
  CHECK(error(actual.dv, expected.dv, s.dv, rounds_factors) < 1);
  double worst = 0;
  for (Index i = 0; i < actual.log_sum_exp.size(); ++i) {
    const double wanted = expected.log_sum_exp.data<double>()[i];
    worst = std::max(worst, std::abs(actual.log_sum_exp.data<float>()[i] - wanted) / std::max(1.0, std::abs(wanted)));
  }
  CHECK(worst < 1e-5);
}

TEST_CASE("attention of bfloat16 is within its error bound", "[simd][attention][bf16]") {
  // 280 tokens take several blocks of queries in the backward pass.
  for (const Lengths& lengths : {Lengths{1}, Lengths{2, 7}, Lengths{33, 5, 17, 1}, Lengths{16, 8, 65}, Lengths{280}}) {
    const bool are_long = lengths[0] == 280;
    for (const Index size : are_long ? Lengths{33} : Lengths{1, 7, 16, 33, 64, 72}) {
      for (const double dropout : {0.0, 0.3}) {
        const Problem p = Problem(lengths, size == 7 ? 3 : 2, size, dropout).rounded();
        const Results expected = defined(p, 0), added = defined(p, 0.5);
        const Sensitivity sensitivity(p);
        check_within_bounds(defined(p, 0.5, DType::bf16), added, sensitivity, false);
        for (const auto& [name, loops] : all_attention_loops<BFloat16>()) {
          CAPTURE(name, lengths.size(), lengths[0], size, dropout);
          const bool rounds_factors = name == "avx512_bf16";
          check_within_bounds(computed(loops, p, kernels::Output::replace, nan), expected, sensitivity, rounds_factors);
          check_within_bounds(computed(loops, p, kernels::Output::accumulate, 0.5), added, sensitivity, rounds_factors);
        }
      }
    }
  }
}

// The root of the mean square of the error, as a part of that of the numbers expected.
double typical_error(const Tensor& result, const Tensor& expected) {
  const Tensor actual = result.to(DType::f64);
  double errors = 0, squares = 0;
  for (Index i = 0; i < actual.size(); ++i) {
    const double wanted = expected.data<double>()[i];
    errors += std::pow(actual.data<double>()[i] - wanted, 2);
    squares += wanted * wanted;
  }
  return std::sqrt(errors / squares);
}

TEST_CASE("attention of bfloat16 rounds results once, and factors once", "[simd][attention][bf16]") {
  // Rounding to bfloat16 typically changes a number by 0.165 % of itself. Errors of n roundings grow as √n.
  const Problem p = Problem({128}, 2, 64, 0.1).rounded();
  const Results expected = defined(p, 0);
  for (const auto& [name, loops] : all_attention_loops<BFloat16>()) {
    const Results actual = computed(loops, p, kernels::Output::replace, nan);
    const double most = name == "avx512_bf16" ? 0.0025 : 0.0018;
    CAPTURE(name);
    CHECK(typical_error(actual.output, expected.output) < most);
    CHECK(typical_error(actual.dq, expected.dq) < most);
    CHECK(typical_error(actual.dk, expected.dk) < most);
    CHECK(typical_error(actual.dv, expected.dv) < most);
  }
}

TEST_CASE("attention of bfloat16 with scores of millions", "[simd][attention][bf16]") {
  // Every query has one key whose score is far above the others. Its probability is exactly 1 in both passes if both
  // have the same bits of the score, which is rounded by up to 2. √D is a power of two, and is not.
  for (const Index size : {4, 5}) {
    Problem p({37, 5}, 2, size, 0);
    for (Tensor* const tensor : {&p.q, &p.k}) {
      for (float& x : tensor->values<float>()) x *= 0x1p12f;
    }
    p = p.rounded();
    const Results expected = defined(p, 0);
    double largest = 0;
    for (const double x : expected.log_sum_exp.values<double>()) largest = std::max(largest, std::abs(x));
    CHECK(largest > 0x1p24);
    for (const auto& [name, loops] : all_attention_loops<BFloat16>()) {
      CAPTURE(name, size);
      check_within_bounds(computed(loops, p, kernels::Output::replace, nan), expected, Sensitivity(p), false);
    }
  }
}

TEST_CASE("attention of bfloat16: the same bits with any number of threads", "[simd][attention][bf16]") {
  check_same_bits_with_any_threads<BFloat16>(Problem({33, 1, 70, 128, 5, 260}, 3, 16, 0.1).rounded());
}

TEST_CASE("attention of bfloat16 touches nothing but its head", "[simd][attention][bf16]") {
  for (const auto& [name, loops] : all_attention_loops<BFloat16>()) {
    for (const Index length : {1, 3, 13, 32, 47}) {
      for (const Index size : {1, 5, 17, 64}) {
        for (const bool at_end : {false, true}) {
          CAPTURE(name, length, size, at_end);
          check_one_head(loops, length, size, size == 5 ? 0.2 : 0, at_end, 0x1p-4);
        }
      }
    }
  }
}

TEST_CASE("a rehearsal of attention takes the scratch memory of its loops", "[simd][attention][bf16]") {
  const Problem p({150, 3}, 2, 33, 0);
  const kernels::AttentionInputs in = p.inputs(DType::bf16);
  Results r(p, DType::bf16, 0);
  const auto live = [] { return CachingAllocator::instance().statistics().live; };
  for (const auto& [name, loops] : all_attention_loops<BFloat16>()) {
    const Rehearsal rehearsal;
    const std::size_t before = live();
    kernels::attention_blocked(loops, in, p.offsets, p.options, r.output, r.log_sum_exp);
    const std::size_t taken = (live() - before) / static_cast<std::size_t>(num_threads());
    const std::size_t expected = static_cast<std::size_t>(loops.scratch(150, 33)) * sizeof(float);
    CAPTURE(name, taken, expected);
    CHECK(taken >= expected);
    CHECK(taken < expected + 4096);
  }
}

TEST_CASE("attention multiplies pairs of bfloat16 where the CPU can", "[simd][attention][bf16][avx512_bf16]") {
  const simd::Kernels *const pairs = simd::kernels_for(Isa::avx512_bf16), *const floats =
                                                                              simd::kernels_for(Isa::avx512);
  if (pairs == nullptr || floats == nullptr) return;
  const Problem p = Problem({65}, 2, 64, 0).rounded();
  const Results rounded = computed(pairs->bf16.attention, p, kernels::Output::replace, nan);
  const Results exact = computed(floats->bf16.attention, p, kernels::Output::replace, nan);
  const auto differ = [](const Tensor& a, const Tensor& b) { return std::memcmp(a.raw(), b.raw(), a.bytes()) != 0; };
  CHECK(differ(rounded.output, exact.output));
  CHECK(differ(rounded.dq, exact.dq));
  CHECK(differ(rounded.dk, exact.dk));
  CHECK(differ(rounded.dv, exact.dv));
  // Words that hold two numbers each, in place of one, take less memory.
  CHECK(pairs->bf16.attention.scratch(128, 64) < floats->bf16.attention.scratch(128, 64));
}

}  // namespace
}  // namespace mini_bert::testing
