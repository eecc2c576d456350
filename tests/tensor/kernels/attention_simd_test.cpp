#include "mini_bert/tensor/kernels/attention_simd.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "mini_bert/tensor/kernels/attention_blocked.h"
#include "mini_bert/tensor/parallel.h"
#include "tests/catch.h"
#include "tests/tensor/guarded_array.h"

// The loops of every instruction set that this program can run, against the definition in double.
namespace mini_bert::testing {
namespace {

using simd::AttentionLoops;
using Lengths = std::vector<Index>;
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

template <class T>
struct Named {
  std::string name;
  AttentionLoops<T> loops;
};
template <class T>
std::vector<Named<T>> all_loops() {
  std::vector<Named<T>> all;
  for (const Isa isa : {Isa::neon, Isa::simd128, Isa::avx2, Isa::avx512}) {
    const simd::Kernels* const kernels = simd::kernels_for(isa);
    if (kernels == nullptr) continue;
    if constexpr (std::is_same_v<T, float>) {
      all.push_back({std::string(name_of(isa)), kernels->f32.attention});
    } else {
      all.push_back({std::string(name_of(isa)), kernels->bf16.attention});
    }
  }
  return all;
}

struct Problem {
  Problem(const Lengths& lengths, Index heads, Index size, double dropout)
      : offsets(lengths),
        options{.heads = heads, .dropout = dropout, .key = {.seed = 7, .step = 3, .stream = 2}},
        q({offsets.tokens(), heads * size}),
        k(q.shape()),
        v(q.shape()),
        doutput(q.shape()) {
    std::uint64_t seed = 1;
    for (Tensor* const tensor : {&q, &k, &v, &doutput}) fill_normal(*tensor, 0, 1, {.seed = seed++});
  }

  kernels::AttentionInputs inputs(DType dtype) const { return {q.to(dtype), k.to(dtype), v.to(dtype)}; }

  SequenceOffsets offsets;
  kernels::AttentionOptions options;
  Tensor q, k, v, doutput;
};

struct Results {
  // Gradients hold `before` already.
  Results(const Problem& p, DType dtype, double before)
      : output(Tensor::full(p.q.shape(), nan).to(dtype)),
        log_sum_exp(Tensor::full({p.offsets.tokens(), p.options.heads}, nan, arithmetic_dtype(dtype))),
        dq(Tensor::full(p.q.shape(), before).to(dtype)),
        dk(dq.clone()),
        dv(dq.clone()) {}

  kernels::AttentionGradients gradients(kernels::Output write) { return {{dq, write}, {dk, write}, {dv, write}}; }
  std::vector<Tensor> all() const { return {output, log_sum_exp, dq, dk, dv}; }

  Tensor output, log_sum_exp, dq, dk, dv;
};

// Gradients are added to `before`.
Results defined(const Problem& p, double before, DType dtype = DType::f64) {
  const kernels::AttentionInputs in = p.inputs(dtype);
  Results r(p, dtype, before);
  kernels::attention_as_defined(in, p.offsets, p.options, r.output, r.log_sum_exp);
  kernels::attention_backward_as_defined(p.doutput.to(dtype), in, r.log_sum_exp, p.offsets, p.options,
                                         r.gradients(kernels::Output::accumulate));
  return r;
}

template <class T>
Results computed(const AttentionLoops<T>& loops, const Problem& p, kernels::Output output, double before) {
  constexpr DType dtype = DTypeOf<T>::value;
  const kernels::AttentionInputs in = p.inputs(dtype);
  Results r(p, dtype, before);
  kernels::attention_blocked(loops, in, p.offsets, p.options, r.output, r.log_sum_exp);
  kernels::attention_backward_blocked(loops, p.doutput.to(dtype), in, r.log_sum_exp, p.offsets, p.options,
                                      r.gradients(output));
  return r;
}

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
        for (const auto& [name, loops] : all_loops<float>()) {
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

TEST_CASE("attention in tiles of bfloat16 activations", "[simd][attention]") {
  for (const Lengths& lengths : {Lengths{1, 19}, Lengths{64}}) {
    for (const Index size : {7, 64}) {
      Problem p(lengths, 2, size, 0.1);
      for (Tensor* const tensor : {&p.q, &p.k, &p.v, &p.doutput}) *tensor = tensor->to(DType::bf16).to(DType::f32);
      const Results expected = defined(p, 0), added = defined(p, 0.5);
      check_agreement(defined(p, 0.5, DType::bf16), added, 0x1p-8);
      for (const auto& [name, loops] : all_loops<BFloat16>()) {
        CAPTURE(name, lengths.size(), size);
        check_agreement(computed(loops, p, kernels::Output::replace, nan), expected, 0x1p-8);  // results are rounded
        check_agreement(computed(loops, p, kernels::Output::accumulate, 0.5), added, 0x1p-8);
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
  for (const auto& [name, loops] : all_loops<float>()) {
    CAPTURE(name);
    check_agreement(computed(loops, p, kernels::Output::replace, nan), expected, 0x1p-11);
  }
}

TEST_CASE("attention in tiles: the same bits with any number of threads", "[simd][attention]") {
  const Problem p({33, 1, 70, 128, 5, 190}, 3, 16, 0.1);
  const int before = num_threads();
  for (const auto& [name, loops] : all_loops<float>()) {
    set_num_threads(1);
    const Results alone = computed(loops, p, kernels::Output::replace, nan);
    for (const int threads : {2, 3, 8}) {
      set_num_threads(threads);
      const Results together = computed(loops, p, kernels::Output::replace, nan);
      CAPTURE(name, threads);
      const auto same = [](const Tensor& a, const Tensor& b) { return std::memcmp(a.raw(), b.raw(), a.bytes()) == 0; };
      for (std::size_t i = 0; i < alone.all().size(); ++i) CHECK(same(alone.all()[i], together.all()[i]));
    }
  }
  set_num_threads(before);
}

// `count` NaNs between two guards, at the end of the memory between them or at its beginning.
struct Guarded : testing::GuardedArray<float> {
  Guarded(Index count, bool at_end)
      : GuardedArray(static_cast<std::size_t>(count), at_end ? testing::Edge::back : testing::Edge::front) {
    std::fill(begin(), end(), nan);
  }
};

// One of two heads of size D, the first when the guard is before the data and the last when it is behind. All else in
// the same rows, and the scratch memory, is NaN.
void check_one_head(const AttentionLoops<float>& loops, Index length, Index size, double dropout, bool at_end) {
  constexpr Index heads = 2;
  const Index head = at_end ? 1 : 0, hidden = heads * size, first = head * size;
  const Problem p({length}, heads, size, dropout);
  const Results expected = defined(p, 0);
  Guarded q(length * hidden, at_end), k(length * hidden, at_end), v(length * hidden, at_end);
  Guarded doutput(length * hidden, at_end), output(length * hidden, at_end), log_sum_exp(length * heads, at_end);
  Guarded dq(length * hidden, at_end), dk(length * hidden, at_end), dv(length * hidden, at_end);
  Guarded scratch((loops.scratch(length, size) + 15) / 16 * 16, at_end);
  // Every element of the head's columns.
  const auto for_each = [&](const auto& body) {
    for (Index row = 0; row < length; ++row) {
      for (Index c = 0; c < size; ++c) body(row * hidden + first + c);
    }
  };
  for (const auto& [to, from] :
       {std::pair(&q, &p.q), std::pair(&k, &p.k), std::pair(&v, &p.v), std::pair(&doutput, &p.doutput)}) {
    for_each([&, to = to, from = from](Index i) { to->data()[i] = from->data<float>()[i]; });
  }

  const simd::AttentionHead<float> in = {.length = length,
                                         .size = size,
                                         .heads = heads,
                                         .q = q.data() + first,
                                         .k = k.data() + first,
                                         .v = v.data() + first,
                                         .dropout = dropout,
                                         .key = p.options.key,
                                         .first_draw = static_cast<std::uint64_t>(head) << 16,
                                         .scratch = scratch.data()};
  loops.forward(in, output.data() + first, log_sum_exp.data() + head);
  std::fill_n(scratch.data(), loops.scratch(length, size), nan);
  loops.backward(in, {.doutput = doutput.data() + first,
                      .log_sum_exp = log_sum_exp.data() + head,
                      .dq = {dq.data() + first, false},
                      .dk = {dk.data() + first, false},
                      .dv = {dv.data() + first, false}});

  const auto count_numbers = [](const float* x, Index n) {
    return std::count_if(x, x + n, [](float value) { return !std::isnan(value); });
  };
  CHECK(count_numbers(log_sum_exp.data(), length * heads) == length);
  for (const auto& [actual, defined] : {std::pair(&output, &expected.output), std::pair(&dq, &expected.dq),
                                        std::pair(&dk, &expected.dk), std::pair(&dv, &expected.dv)}) {
    CHECK(count_numbers(actual->data(), length * hidden) == length * size);
    double worst = 0;
    for_each([&, actual = actual, defined = defined](Index i) {
      worst = std::max(worst, std::abs(actual->data()[i] - defined->data<double>()[i]));
    });
    CHECK(worst < 1e-4);
  }
}

TEST_CASE("attention in tiles touches nothing but its head", "[simd][attention]") {
  for (const auto& [name, loops] : all_loops<float>()) {
    for (const Index length : {1, 3, 8, 13, 17, 66}) {
      for (const Index size : {1, 5, 8, 17, 64}) {
        for (const bool at_end : {false, true}) {
          CAPTURE(name, length, size, at_end);
          check_one_head(loops, length, size, size == 5 ? 0.2 : 0, at_end);
        }
      }
    }
  }
}

}  // namespace
}  // namespace mini_bert::testing
