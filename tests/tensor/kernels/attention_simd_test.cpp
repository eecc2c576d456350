#include "mini_bert/tensor/kernels/attention_simd.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "tests/tensor/kernels/attention_testing.h"

// The loops of every instruction set that this program can run, against the definition in double.
namespace mini_bert::testing {
namespace {

// Largest difference, as a part of the largest element expected or of 1; infinite where something is not a number.
double difference(const Tensor& actual, const Tensor& expected) {
  const Tensor a = actual.to(DType::f64), e = expected.to(DType::f64);
  double worst = 0, largest = 1;
  for (Index i = 0; i < e.size(); ++i) {
    const double error = std::abs(a.data<double>()[i] - e.data<double>()[i]);
    if (std::isnan(error)) return std::numeric_limits<double>::infinity();
    worst = std::max(worst, error);
    largest = std::max(largest, std::abs(e.data<double>()[i]));
  }
  return worst / largest;
}
void check_agreement(const Results& actual, const Results& expected, double tolerance) {
  for (std::size_t i = 0; i < expected.all().size(); ++i) {
    CAPTURE(i);
    CHECK(difference(actual.all()[i], expected.all()[i]) < tolerance);
  }
}

TEST_CASE("attention in tiles agrees with the definition", "[simd][attention]") {
  // 200 tokens take several blocks of queries in the backward pass.
  for (const Lengths& lengths : {Lengths{1}, Lengths{2, 7}, Lengths{33, 5, 17, 1}, Lengths{16, 8, 65}, Lengths{200}}) {
    for (const Index size : {1, 7, 16, 33, 64, 72}) {
      for (const double dropout : {0.0, 0.3}) {
        const Problem p(lengths, size == 7 ? 3 : 2, size, dropout);
        const Results expected = defined(p, 0), added = defined(p, 0.5), in_f32 = defined(p, 0, DType::f32);
        for (const auto& [name, loops] : all_attention_loops<float>()) {
          CAPTURE(name, lengths.size(), lengths[0], size, dropout);
          const Results replaced = computed(loops, p, kernels::Output::replace, nan);
          check_agreement(replaced, expected, 3e-6);
          check_agreement(replaced, in_f32, 6e-6);
          check_agreement(computed(loops, p, kernels::Output::accumulate, 0.5), added, 3e-6);
        }
      }
    }
  }
}

TEST_CASE("attention in tiles with scores of thousands", "[simd][attention]") {
  // Whole numbers, so that scores are exact: up to ±10⁴ and often equal.
  Problem p({37, 5}, 2, 4, 0);
  for (Tensor* const tensor : {&p.q, &p.k, &p.v}) {
    for (float& x : tensor->values<float>()) x = std::round(x * 1.5f) * 25;
  }
  const Results expected = defined(p, 0);
  double largest = 0;
  for (const double x : expected.log_sum_exp.values<double>()) largest = std::max(largest, std::abs(x));
  CHECK(largest > 5000);
  // A log_sum_exp of thousands is rounded by up to 2⁻¹¹, and probabilities computed from it are off by that factor.
  for (const auto& [name, loops] : all_attention_loops<float>()) {
    CAPTURE(name);
    check_agreement(computed(loops, p, kernels::Output::replace, nan), expected, 0x1p-11);
  }
}

TEST_CASE("attention in tiles: the same bits with any number of threads", "[simd][attention]") {
  check_same_bits_with_any_threads<float>(Problem({33, 1, 70, 128, 5, 190}, 3, 16, 0.1));
  check_same_bits_with_any_threads<float>(Problem({65}, 3, 16, 0.1));
  // One thread takes all heads of a sentence in turn, several threads take one head at a time.
  check_same_bits_with_any_threads<float>(Problem(Lengths(20, 5), 3, 16, 0));
}

TEST_CASE("attention without a place for log_sum_exp has the same output", "[simd][attention]") {
  const Problem p({17, 5}, 2, 16, 0.1);
  const kernels::AttentionInputs in = p.inputs(DType::f32);
  Tensor nowhere;
  for (const auto& [name, loops] : all_attention_loops<float>()) {
    CAPTURE(name);
    Results with(p, DType::f32, nan), without(p, DType::f32, nan);
    kernels::attention_blocked(loops, in, p.offsets, p.options, with.output, with.log_sum_exp);
    kernels::attention_blocked(loops, in, p.offsets, p.options, without.output, nowhere);
    CHECK_FALSE(nowhere.defined());
    CHECK(std::ranges::equal(with.output.values<float>(), without.output.values<float>()));
  }
  Results with(p, DType::f32, nan), without(p, DType::f32, nan);
  kernels::attention_as_defined(in, p.offsets, p.options, with.output, with.log_sum_exp);
  kernels::attention_as_defined(in, p.offsets, p.options, without.output, nowhere);
  CHECK(std::ranges::equal(with.output.values<float>(), without.output.values<float>()));
}

TEST_CASE("attention in tiles touches nothing but its head", "[simd][attention]") {
  for (const auto& [name, loops] : all_attention_loops<float>()) {
    for (const Index length : {1, 3, 8, 13, 17, 66}) {
      for (const Index size : {1, 5, 8, 17, 64}) {
        for (const bool at_end : {false, true}) {
          CAPTURE(name, length, size, at_end);
          check_one_head(loops, length, size, size == 5 ? 0.2 : 0, at_end, 1e-4);
        }
      }
    }
  }
}

}  // namespace
}  // namespace mini_bert::testing
