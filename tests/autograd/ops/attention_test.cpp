#include "autograd/ops/attention.h"

#include <numeric>

#include "tests/autograd/op_testing.h"

namespace mini_bert::testing {
namespace {

using Lengths = std::vector<Index>;

struct Inputs {
  Inputs(const Lengths& lengths, Index heads, Index head_size, double dropout = 0, DType dtype = DType::f64)
      : offsets(lengths),
        options{.heads = heads, .dropout = dropout, .key = {.seed = 5, .step = 2, .stream = 1}},
        qkv(random_var({offsets.tokens(), 3 * heads * head_size}, dtype)) {}

  Op op() const {
    return [*this] { return attention(qkv, offsets, options); };
  }

  SequenceOffsets offsets;
  AttentionOptions options;
  Var qkv;
};

// The definition, one query at a time.
std::vector<double> expected_attention(const Inputs& in) {
  const std::vector<double> qkv = doubles(in.qkv.value());
  const Index heads = in.options.heads, hidden = in.qkv.shape()[1] / 3, size = hidden / heads;
  std::vector<double> output(in.offsets.tokens() * hidden);
  for (Index b = 0; b < in.offsets.count(); ++b) {
    for (Index n = 0; n < heads; ++n) {
      // Column c of the queries (part 0), keys (1) or values (2) of row t.
      const auto at = [&](Index t, Index part, Index c) { return qkv[t * 3 * hidden + part * hidden + n * size + c]; };
      for (Index i = in.offsets.begin(b); i < in.offsets.end(b); ++i) {
        std::vector<double> weight;
        for (Index j = in.offsets.begin(b); j < in.offsets.end(b); ++j) {
          double score = 0;
          for (Index c = 0; c < size; ++c) score += at(i, 0, c) * at(j, 1, c);
          weight.push_back(std::exp(score / std::sqrt(size)));
        }
        const double sum = std::accumulate(weight.begin(), weight.end(), 0.0);
        for (Index j = 0; j < in.offsets.length(b); ++j) {
          const auto draw = (static_cast<std::uint64_t>(i * heads + n) << 16) + j;
          const double p = in.options.dropout;
          const bool dropped = p > 0 && uniform(in.options.key, draw) < static_cast<float>(p);
          const double kept = dropped ? 0 : weight[j] / sum / (1 - p);
          for (Index c = 0; c < size; ++c) {
            output[i * hidden + n * size + c] += kept * at(in.offsets.begin(b) + j, 2, c);
          }
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
  Tensor middle = together.qkv.value().rows(3, 8);
  middle.copy_from(alone.qkv.value());
  CHECK(same_bits(together.op()().value().rows(3, 8), alone.op()().value()));
}

TEST_CASE("attention with very large scores is finite", "[attention]") {
  for (const DType dtype : {DType::f32, DType::f64}) {
    const Inputs in({7, 1, 4}, 2, 8, 0, dtype);
    Tensor qkv = in.qkv.value();
    for (Index i = 0; i < qkv.size(); i += 3) {  // scores of ±10⁸ and more, far beyond what exp can take
      visit_float(dtype, [&]<class T>() { qkv.data<T>()[i] *= T(1e4); });
    }
    const std::vector<Tensor> results = run(in.op(), {in.qkv});
    CHECK(all_finite(results[0]));
    CHECK(all_finite(results[1]));
  }
}

TEST_CASE("attention of no tokens is empty", "[attention]") {
  const Inputs none({}, 2, 4);
  CHECK(none.op()().shape() == Shape{0, 8});
}

TEST_CASE("attention refuses what does not fit", "[attention]") {
  const Inputs in({3, 2}, 2, 4);  // qkv [5,24]
  const auto with = [&](const AttentionOptions& options) { return attention(in.qkv, in.offsets, options); };
  CHECK_THROWS_WITH(with({.heads = 3}),
                    ContainsSubstring("attention: qkv must be [T,3H] with H a multiple of 3 heads, got [5,24]"));
  CHECK_THROWS_AS(with({.heads = 0}), Error);
  CHECK_THROWS_AS(with({.heads = -2}), Error);
  CHECK_THROWS_WITH(with({.heads = 2, .dropout = 1}), ContainsSubstring("at least 0 and below 1, got 1"));
  CHECK_THROWS_WITH(with({.heads = 2, .dropout = -0.5}), ContainsSubstring("at least 0 and below 1, got -0.5"));
  CHECK_THROWS_WITH(attention(in.qkv, SequenceOffsets(Lengths{3, 3}), in.options),
                    ContainsSubstring("offsets must cover the 5 rows of qkv, they cover 6"));
  CHECK_THROWS_AS(attention(random_var({24}), SequenceOffsets(Lengths{1}), in.options), Error);
  CHECK_THROWS_WITH(attention(random_var({65'536, 3}), SequenceOffsets(Lengths{65'536}), {}),
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
          check_gradients(in.op(), {in.qkv});
        }
      }
    }
  }
}

TEST_CASE("attention: a sentence of one token passes gradients to its value alone", "[attention]") {
  const Inputs in({1}, 2, 3);
  run(in.op(), {in.qkv});
  const std::vector<double> dqkv = doubles(in.qkv.grad());
  for (int c = 0; c < 12; ++c) CHECK(dqkv[c] == 0);
  for (int c = 12; c < 18; ++c) CHECK(dqkv[c] != 0);
}

TEST_CASE("attention: threads and accumulation", "[attention]") {
  const Inputs large({33, 1, 70, 128, 5}, 4, 16, 0, DType::f32), dropped({33, 1, 70, 128, 5}, 4, 16, 0.1, DType::f32);
  check_same_bits_with_any_threads(large.op(), {large.qkv});
  check_same_bits_with_any_threads(dropped.op(), {dropped.qkv});
  const Inputs in({5, 1, 3}, 2, 3, 0.1);
  check_accumulation(in.op(), {in.qkv});
}

}  // namespace
}  // namespace mini_bert::testing
