#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include "mini_bert/tensor/kernels/attention_blocked.h"
#include "mini_bert/tensor/parallel.h"
#include "mini_bert/tensor/simd/kernels.h"
#include "tests/catch.h"
#include "tests/tensor/guarded_array.h"

// What the tests of attention in tiles share: problems, the definition's results and those of every instruction set
// that this program can run.
namespace mini_bert::testing {
namespace {

using simd::AttentionLoops;
using Lengths = std::vector<Index>;
inline constexpr float nan = std::numeric_limits<float>::quiet_NaN();

template <class T>
struct Named {
  std::string name;
  AttentionLoops<T> loops;
};
template <class T>
std::vector<Named<T>> all_attention_loops() {
  std::vector<Named<T>> all;
  for (const Isa isa : {Isa::neon, Isa::simd128, Isa::avx2, Isa::avx512, Isa::avx512_bf16}) {
    const simd::Kernels* const kernels = simd::kernels_for(isa);
    if (kernels == nullptr) continue;
    if (isa == Isa::avx512_bf16 && std::is_same_v<T, float>) continue;  // those of AVX-512
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

  // The same with numbers that bfloat16 can represent.
  Problem rounded() const {
    Problem p = *this;
    for (Tensor* const tensor : {&p.q, &p.k, &p.v, &p.doutput}) *tensor = tensor->to(DType::bf16).to(DType::f32);
    return p;
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
inline Results defined(const Problem& p, double before, DType dtype = DType::f64) {
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

template <class T>
void check_same_bits_with_any_threads(const Problem& p) {
  const int before = num_threads();
  for (const auto& [name, loops] : all_attention_loops<T>()) {
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
template <class T>
struct Guarded : GuardedArray<T> {
  Guarded(Index count, bool at_end)
      : GuardedArray<T>(static_cast<std::size_t>(count), at_end ? Edge::back : Edge::front) {
    std::fill(this->begin(), this->end(), T(nan));
  }
};

// One of two heads of size D, the first when the guard is before the data and the last when it is behind. All else in
// the same rows, and the scratch memory, is NaN. The numbers can be represented as T. An error is a part of the largest
// element expected or of 1.
template <class T>
void check_one_head(const AttentionLoops<T>& loops, Index length, Index size, double dropout, bool at_end,
                    double tolerance) {
  constexpr Index heads = 2;
  const Index head = at_end ? 1 : 0, hidden = heads * size, first = head * size;
  const Problem any({length}, heads, size, dropout), p = std::is_same_v<T, float> ? any : any.rounded();
  const Results expected = defined(p, 0);
  const Index n = length * hidden;
  Guarded<T> q(n, at_end), k(n, at_end), v(n, at_end), doutput(n, at_end);
  Guarded<T> output(n, at_end), dq(n, at_end), dk(n, at_end), dv(n, at_end);
  Guarded<float> log_sum_exp(length * heads, at_end), scratch((loops.scratch(length, size) + 15) / 16 * 16, at_end);
  // Every element of the head's columns.
  const auto for_each = [&](const auto& body) {
    for (Index row = 0; row < length; ++row) {
      for (Index c = 0; c < size; ++c) body(row * hidden + first + c);
    }
  };
  for (const auto& [to, from] :
       {std::pair(&q, &p.q), std::pair(&k, &p.k), std::pair(&v, &p.v), std::pair(&doutput, &p.doutput)}) {
    for_each([&, to = to, from = from](Index i) { to->data()[i] = T(from->template data<float>()[i]); });
  }

  const simd::AttentionHead<T> in = {.length = length,
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

  const auto count_numbers = [](const auto& x) {
    return std::count_if(x.begin(), x.end(), [](auto value) { return !std::isnan(static_cast<float>(value)); });
  };
  CHECK(count_numbers(log_sum_exp) == length);
  for (const auto& [actual, defined] : {std::pair(&output, &expected.output), std::pair(&dq, &expected.dq),
                                        std::pair(&dk, &expected.dk), std::pair(&dv, &expected.dv)}) {
    CHECK(count_numbers(*actual) == length * size);
    double worst = 0, largest = 1;
    for_each([&, actual = actual, defined = defined](Index i) {
      const double value = static_cast<float>(actual->data()[i]), wanted = defined->template data<double>()[i];
      worst = std::max(worst, std::abs(value - wanted));
      largest = std::max(largest, std::abs(wanted));
    });
    CHECK(worst < tolerance * largest);
  }
}

}  // namespace
}  // namespace mini_bert::testing
