#include "mini_bert/autograd/ops/activated_linear.h"

#include "mini_bert/autograd/ops/activation.h"
#include "mini_bert/autograd/ops/linear.h"
#include "tests/autograd/op_testing.h"

namespace mini_bert::testing {
namespace {

struct Extents {
  Index tokens, in, out;
};
constexpr Extents small[] = {{1, 1, 1},  {1, 7, 1},  {7, 1, 5},   {3, 5, 7},  {1, 33, 2},
                             {33, 2, 3}, {2, 3, 65}, {13, 11, 9}, {8, 16, 8}, {2, 65, 3}};

struct Inputs {
  explicit Inputs(const Extents& e, Activation activation, DType dtype = DType::f64)
      : x(random_var({e.tokens, e.in}, dtype, 0)),
        weight(random_var({e.out, e.in}, dtype, 1)),
        bias(random_var({e.out}, dtype, 2)),
        activation(activation) {}

  Op op() const {
    return [*this] { return activated_linear(x, activation, weight, bias); };
  }
  Op composed() const {
    return [*this] { return linear(activate(x, activation), weight, bias); };
  }
  std::vector<Var> vars() const { return {x, weight, bias}; }

  Var x, weight, bias;
  Activation activation;
};

TEST_CASE("activated_linear: the bits of the activation and the linear layer apart", "[activated_linear]") {
  for (const DType dtype : {DType::f32, DType::f64}) {
    for (const Activation activation : all_activations()) {
      for (const Extents& e : small) {
        const Inputs in(e, activation, dtype);
        CAPTURE(name_of(dtype), name_of(activation), e.tokens, e.in, e.out);
        const std::vector<Tensor> actual = run(in.op(), in.vars()), expected = run(in.composed(), in.vars());
        for (std::size_t i = 0; i < expected.size(); ++i) CHECK(same_bits(actual[i], expected[i]));
      }
    }
  }
}

TEST_CASE("activated_linear gradients", "[activated_linear]") {
  for (const Activation activation : all_activations()) {
    for (const Extents& e : small) {
      if (e.tokens * e.in == 1) continue;  // x is negative there, where the slope of ReLU and its like is 0
      const Inputs in(e, activation);
      CAPTURE(name_of(activation), e.tokens, e.in, e.out);
      check_gradients(in.op(), in.vars());
    }
  }
  // The input and the weight may be one.
  const Var both = random_var({4, 4}), bias = random_var({4});
  check_gradients([&] { return activated_linear(both, Activation::gelu, both, bias); }, {both, bias});
}

TEST_CASE("activated_linear: gradients of some inputs alone", "[activated_linear]") {
  const Inputs in({5, 3, 4}, Activation::gelu);
  const std::vector<Tensor> all = run(in.op(), in.vars());
  for (std::size_t i = 0; i < 3; ++i) {
    std::vector<Var> inputs;
    for (const Var& var : in.vars()) inputs.emplace_back(var.value());
    inputs[i].set_requires_grad(true);
    const Op one = [&] { return activated_linear(inputs[0], in.activation, inputs[1], inputs[2]); };
    CHECK(same_bits(run(one, {inputs[i]})[1], all[1 + i]));
  }
}

TEST_CASE("activated_linear refuses extents that do not fit", "[activated_linear]") {
  const Inputs in({4, 6, 3}, Activation::gelu);
  CHECK_THROWS_WITH(activated_linear(in.x, in.activation, random_var({3, 5}), in.bias),
                    ContainsSubstring("activated_linear: weight must be [out,6], got [3,5] (x is [4,6])"));
  CHECK_THROWS_AS(activated_linear(in.x, in.activation, in.weight, random_var({4})), Error);
}

TEST_CASE("activated_linear: threads and accumulation", "[activated_linear]") {
  const Inputs large({300, 33, 1100}, Activation::gelu, DType::f32), in({13, 11, 9}, Activation::gelu);
  check_same_bits_with_any_threads(large.op(), large.vars());
  check_accumulation(in.op(), in.vars());
}

}  // namespace
}  // namespace mini_bert::testing
