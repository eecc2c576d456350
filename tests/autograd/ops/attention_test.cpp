#include "mini_bert/autograd/ops/attention.h"

#include <numeric>

#include "tests/autograd/op_testing.h"

namespace mini_bert::testing {
namespace attention_test {

using Lengths = std::vector<Index>;

struct Inputs {
  Inputs(const Lengths& lengths, Index heads, Index head_size, double dropout = 0, DType dtype = DType::f64)
      : offsets(lengths),
        options{.heads = heads, .dropout = dropout, .key = {.seed = 5, .step = 2, .stream = 1}},
        q(random_var({offsets.tokens(), heads * head_size}, dtype, 0)),
        k(random_var({offsets.tokens(), heads * head_size}, dtype, 1)),
        v(random_var({offsets.tokens(), heads * head_size}, dtype, 2)) {}

  Op op() const {
    return [*this] { return attention(q, k, v, offsets, options); };
  }
  std::vector<Var> vars() const { return {q, k, v}; }

  SequenceOffsets offsets;
  AttentionOptions options;
  Var q, k, v;
};

// The definition, one query at a time.
std::vector<double> expected_attention(const Inputs& in) {
  const std::vector<double> q = doubles(in.q.value()), k = doubles(in.k.value()), v = doubles(in.v.value());
  const Index heads = in.options.heads, hidden = in.q.shape()[1], size = hidden / heads;
  std::vector<double> output(in.offsets.tokens() * hidden);
  for (Index b = 0; b < in.offsets.count(); ++b) {
    for (Index n = 0; n < heads; ++n) {
      const auto at = [&](Index t, Index c) { return t * hidden + n * size + c; };
      for (Index i = in.offsets.begin(b); i < in.offsets.end(b); ++i) {
        std::vector<double> weight;
        for (Index j = in.offsets.begin(b); j < in.offsets.end(b); ++j) {
          double score = 0;
          for (Index c = 0; c < size; ++c) score += q[at(i, c)] * k[at(j, c)];
          weight.push_back(std::exp(score / std::sqrt(size)));
        }
        const double sum = std::accumulate(weight.begin(), weight.end(), 0.0);
        for (Index j = 0; j < in.offsets.length(b); ++j) {
          const auto draw = (static_cast<std::uint64_t>(i * heads + n) << 16) + j;
          const double p = in.options.dropout;
          const bool dropped = p > 0 && uniform(in.options.key, draw) < static_cast<float>(p);
          const double kept = dropped ? 0 : weight[j] / sum / (1 - p);
          for (Index c = 0; c < size; ++c) output[at(i, c)] += kept * v[at(in.offsets.begin(b) + j, c)];
        }
      }
    }
  }
  return output;
}

TEST_CASE("attention is softmax(Q·Kᵀ/√D)·V within each sentence", "[attention]") {
  for (const DType dtype : {DType::f32, DType::f64}) {
    for (const Lengths& lengths : {Lengths{1}, Lengths{7}, Lengths{1, 2, 1}, Lengths{33, 5, 17}, Lengths{65, 3}}) {
      for (const Index heads : {1, 3}) {
        for (const Index size : {1, 7, 64}) {
          for (const double dropout : {0.0, 0.3}) {
            const Inputs in(lengths, heads, size, dropout, dtype);
            CAPTURE(name_of(dtype), lengths.size(), heads, size, dropout);
            CHECK(difference(in.op()().value(), expected_attention(in)) < tolerance(dtype));
          }
        }
      }
    }
  }
}

TEST_CASE("a sentence does not see its neighbours", "[attention]") {
  const Inputs alone({5}, 2, 4);
  Inputs together({3, 5, 9}, 2, 4);
  for (std::size_t i = 0; i < 3; ++i) {
    Tensor middle = together.vars()[i].value().rows(3, 8);
    middle.copy_from(alone.vars()[i].value());
  }
  CHECK(same_bits(together.op()().value().rows(3, 8), alone.op()().value()));
}

TEST_CASE("attention with very large scores is finite", "[attention]") {
  for (const DType dtype : {DType::f32, DType::f64}) {
    const Inputs in({7, 1, 4}, 2, 8, 0, dtype);
    for (const Var& var : in.vars()) {
      Tensor x = var.value();
      for (Index i = 0; i < x.size(); i += 3) {  // scores of ±10⁸ and more, far beyond what exp can take
        visit_float(dtype, [&]<class T>() { x.data<T>()[i] *= T(1e4); });
      }
    }
    for (const Tensor& result : run(in.op(), in.vars())) CHECK(all_finite(result));
  }
}

TEST_CASE("attention of no tokens is empty", "[attention]") {
  const Inputs none({}, 2, 4);
  CHECK(none.op()().shape() == Shape{0, 8});
}

TEST_CASE("attention refuses what does not fit", "[attention]") {
  const Inputs in({3, 2}, 2, 4);  // q, k, v [5,8]
  const auto with = [&](const AttentionOptions& options) { return attention(in.q, in.k, in.v, in.offsets, options); };
  const auto of = [&](const Var& q, const Var& k, const Var& v) { return attention(q, k, v, in.offsets, in.options); };
  CHECK_THROWS_WITH(with({.heads = 3}),
                    ContainsSubstring("attention: q must be [T,H] with H a multiple of 3 heads, got [5,8]"));
  CHECK_THROWS_WITH(of(in.q, random_var({5, 6}), in.v),
                    ContainsSubstring("attention: k and v must be [5,8] as q is, got [5,6] and [5,8]"));
  CHECK_THROWS_WITH(of(in.q, in.k, random_var({4, 8})),
                    ContainsSubstring("attention: k and v must be [5,8] as q is, got [5,8] and [4,8]"));
  CHECK_THROWS_WITH(of(in.q, random_var({5, 8}, DType::f32), in.v),
                    ContainsSubstring("attention: k and v must be f64 as q is, got f32 and f64"));
  CHECK_THROWS_AS(with({.heads = 0}), Error);
  CHECK_THROWS_AS(with({.heads = -2}), Error);
  CHECK_THROWS_WITH(with({.heads = 2, .dropout = 1}), ContainsSubstring("at least 0 and below 1, got 1"));
  CHECK_THROWS_WITH(with({.heads = 2, .dropout = -0.5}), ContainsSubstring("at least 0 and below 1, got -0.5"));
  CHECK_THROWS_WITH(attention(in.q, in.k, in.v, SequenceOffsets(Lengths{3, 3}), in.options),
                    ContainsSubstring("offsets must cover the 5 rows of q, they cover 6"));
  const Var row = random_var({24}), tall = random_var({65'536, 1});
  CHECK_THROWS_AS(attention(row, row, row, SequenceOffsets(Lengths{1}), in.options), Error);
  CHECK_THROWS_WITH(attention(tall, tall, tall, SequenceOffsets(Lengths{65'536}), {}),
                    ContainsSubstring("shorter than 65536 tokens, got 65536"));
}

TEST_CASE("attention gradients", "[attention]") {
  // A sentence of one token gives its query and key no gradient, so it comes together with longer ones.
  for (const Lengths& lengths : {Lengths{2}, Lengths{7}, Lengths{1, 3}, Lengths{5, 1, 2}, Lengths{17, 1}}) {
    for (const Index heads : {1, 3}) {
      for (const Index size : {1, 5}) {
        for (const double dropout : {0.0, 0.3}) {
          const Inputs in(lengths, heads, size, dropout);
          CAPTURE(lengths.size(), heads, size, dropout);
          check_gradients(in.op(), in.vars());
        }
      }
    }
  }
}

TEST_CASE("attention: a sentence of one token passes gradients to its value alone", "[attention]") {
  const Inputs in({1}, 2, 3);
  run(in.op(), in.vars());
  for (const double dq : doubles(in.q.grad())) CHECK(dq == 0);
  for (const double dk : doubles(in.k.grad())) CHECK(dk == 0);
  for (const double dv : doubles(in.v.grad())) CHECK(dv != 0);
}

TEST_CASE("attention of x with itself, and gradients of some inputs alone", "[attention]") {
  const Inputs in({5, 1, 2}, 2, 3, 0.3);
  check_gradients([&] { return attention(in.q, in.q, in.q, in.offsets, in.options); }, {in.q});
  const std::vector<Tensor> all = run(in.op(), in.vars());  // the output, dq, dk, dv
  for (const DType dtype : {DType::f64, DType::f32}) {      // by the definition, and in tiles
    for (std::size_t i = 0; i < 3; ++i) {
      std::vector<Var> inputs;
      for (const Var& var : in.vars()) inputs.emplace_back(var.value().to(dtype));
      inputs[i].set_requires_grad(true);
      const Op one = [&] { return attention(inputs[0], inputs[1], inputs[2], in.offsets, in.options); };
      CHECK(difference(run(one, {inputs[i]})[1], doubles(all[1 + i])) < tolerance(dtype));
      for (std::size_t other = 0; other < 3; ++other) CHECK(inputs[other].grad().defined() == (other == i));
    }
  }
}

TEST_CASE("attention: threads and accumulation", "[attention]") {
  const Inputs large({33, 1, 70, 128, 5}, 4, 16, 0, DType::f32), dropped({33, 1, 70, 128, 5}, 4, 16, 0.1, DType::f32);
  check_same_bits_with_any_threads(large.op(), large.vars());
  check_same_bits_with_any_threads(dropped.op(), dropped.vars());
  const Inputs in({5, 1, 3}, 2, 3, 0.1);
  check_accumulation(in.op(), in.vars());
}

}  // namespace attention_test
}  // namespace mini_bert::testing
