#include "mini_bert/nn/self_attention.h"

#include "mini_bert/autograd/ops/attention.h"
#include "mini_bert/autograd/ops/linear.h"
#include "mini_bert/autograd/tape.h"
#include "tests/catch.h"
#include "tests/nn/nn_testing.h"

using namespace mini_bert;

namespace self_attention_test {

constexpr Index hidden = 6, heads = 2;
const SequenceOffsets offsets(std::vector<Index>{3, 1, 4});

Var part(const SelfAttention& module, const std::string& name) {
  for (const Parameter& parameter : module.parameters()) {
    if (parameter.path == name) return parameter.var();
  }
  fail("test: no parameter {}", name);
}

// From the parameters by their names.
Tensor expected(const SelfAttention& module, const Var& x, const AttentionOptions& options) {
  const auto project = [&](const std::string& name) {
    return linear(x, part(module, name + ".weight"), part(module, name + ".bias"));
  };
  const Var context = attention(project("query"), project("key"), project("value"), offsets, options);
  return linear(context, part(module, "output.weight"), part(module, "output.bias")).value();
}

TEST_CASE("self_attention module: four linear layers") {
  const SelfAttention module(hidden, heads, 0, DType::f64);
  CHECK(test::paths_of(module.parameters()) == std::vector<std::string>{"query.weight", "query.bias", "key.weight",
                                                                        "key.bias", "value.weight", "value.bias",
                                                                        "output.weight", "output.bias"});
  CHECK(module.parameter_count() == 4 * (hidden * hidden + hidden));
}

TEST_CASE("self_attention module: attention between three linear layers, and a fourth behind it") {
  const SelfAttention module(hidden, heads, 0.5, DType::f64);
  test::randomize(module, 1);
  const Var x(test::normal({8, hidden}, DType::f64, 2));
  Mode mode = Mode::inference();  // the dropout of 0.5 must not matter
  CHECK(test::same_bits(module.forward(x, offsets, mode).value(), expected(module, x, {.heads = heads})));
}

TEST_CASE("self_attention module: training drops probabilities with a key of its own per call") {
  const SelfAttention module(hidden, heads, 0.5, DType::f64);
  test::randomize(module, 1);
  const Var x(test::normal({8, hidden}, DType::f64, 2));
  Mode mode = Mode::training(3, 4);
  const Tensor first = module.forward(x, offsets, mode).value();
  const Tensor second = module.forward(x, offsets, mode).value();
  Mode keys = Mode::training(3, 4);
  const AttentionOptions options{.heads = heads, .dropout = 0.5, .key = keys.next_key()};
  CHECK(test::same_bits(first, expected(module, x, options)));
  CHECK(test::relative_error(first, second) > 0.01);
  Mode again = Mode::training(3, 4);
  CHECK(test::same_bits(module.forward(x, offsets, again).value(), first));
}

TEST_CASE("self_attention module: rows that are asked for have the numbers that they have among all") {
  const SelfAttention module(hidden, heads, 0, DType::f64);
  test::randomize(module, 1);
  const Var x(test::normal({8, hidden}, DType::f64, 2));
  Mode mode = Mode::inference();
  const Tensor all = module.forward(x, offsets, mode).value();
  const Tensor some = module.forward(x, offsets, mode, Tensor::from(std::vector<std::int32_t>{6, 0})).value();
  REQUIRE(some.shape() == Shape{2, hidden});
  CHECK(test::relative_error(some.rows(0, 1), all.rows(6, 7)) < 1e-14);
  CHECK(test::relative_error(some.rows(1, 2), all.rows(0, 1)) < 1e-14);
}

}  // namespace self_attention_test
