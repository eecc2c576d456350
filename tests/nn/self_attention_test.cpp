#include "nn/self_attention.h"

#include "autograd/ops/attention.h"
#include "autograd/ops/linear.h"
#include "autograd/tape.h"
#include "tests/catch.h"
#include "tests/nn/nn_testing.h"

using namespace mini_bert;

namespace {

constexpr Index hidden = 6, heads = 2;
const SequenceOffsets offsets(std::vector<Index>{3, 1, 4});

Var part(const SelfAttention& module, const std::string& name) {
  for (const Parameter& parameter : module.parameters()) {
    if (parameter.name == name) return Var(parameter.value(), true);
  }
  fail("test: no parameter {}", name);
}

// Three products instead of one, the results side by side.
Tensor separate_qkv(const SelfAttention& module, const Var& x) {
  const Index tokens = x.shape()[0];
  Tensor qkv({tokens, 3 * hidden}, DType::f64);
  Index column = 0;
  for (const std::string name : {"query", "key", "value"}) {
    const Tensor y = linear(x, part(module, name + ".weight"), part(module, name + ".bias")).value();
    for (Index t = 0; t < tokens; ++t) {
      for (Index h = 0; h < hidden; ++h) {
        qkv.data<double>()[t * 3 * hidden + column + h] = y.data<double>()[t * hidden + h];
      }
    }
    column += hidden;
  }
  return qkv;
}

}  // namespace

TEST_CASE("self_attention module: query, key and value have the checkpoint's names and share one tensor") {
  const SelfAttention module(hidden, heads, 0, DType::f64);
  const std::vector<Parameter> parameters = module.parameters();
  CHECK(test::names_of(parameters) ==
        std::vector<std::string>{"query.weight", "query.bias", "key.weight", "key.bias", "value.weight", "value.bias"});
  CHECK(module.parameter_count() == 3 * (hidden * hidden + hidden));
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const bool weight = i % 2 == 0;
    CHECK(parameters[i].value().shape() == (weight ? Shape{hidden, hidden} : Shape{hidden}));
    const Tensor& whole = parameters[i].var.value();
    CHECK(whole.shape() == (weight ? Shape{3 * hidden, hidden} : Shape{3 * hidden}));
    CHECK(whole.raw() == parameters[weight ? 0 : 1].value().raw());
  }
}

TEST_CASE("self_attention module: one product equals three") {
  const SelfAttention module(hidden, heads, 0.5, DType::f64);
  test::randomize(module, 1);
  const Var x(test::normal({8, hidden}, DType::f64, 2));
  Mode mode = Mode::inference();  // the dropout of 0.5 must not matter
  const Tensor y = module.forward(x, offsets, mode).value();
  const Tensor expected = attention(Var(separate_qkv(module, x)), offsets, {.heads = heads}).value();
  CHECK(test::relative_error(y, expected) < 1e-14);
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
  CHECK(test::relative_error(first, attention(Var(separate_qkv(module, x)), offsets, options).value()) < 1e-14);
  CHECK(test::relative_error(first, second) > 0.01);
  Mode again = Mode::training(3, 4);
  CHECK(test::same_bits(module.forward(x, offsets, again).value(), first));
}
