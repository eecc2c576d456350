#include "mini_bert/autograd/ops/linear.h"

#include "tests/autograd/op_testing.h"

namespace mini_bert::testing {
namespace linear_test {

struct Extents {
  Index tokens, in, out;
};
constexpr Extents small[] = {{1, 1, 1},  {1, 7, 1},  {7, 1, 5},   {3, 5, 7},  {1, 33, 2},
                             {33, 2, 3}, {2, 3, 65}, {13, 11, 9}, {8, 16, 8}, {2, 65, 3}};

struct Inputs {
  explicit Inputs(const Extents& e, DType dtype = DType::f64)
      : x(random_var({e.tokens, e.in}, dtype, 0)),
        weight(random_var({e.out, e.in}, dtype, 1)),
        bias(random_var({e.out}, dtype, 2)) {}

  Op op() const {
    return [*this] { return linear(x, weight, bias); };
  }
  std::vector<Var> vars() const { return {x, weight, bias}; }

  Var x, weight, bias;
};

std::vector<double> expected_linear(const Inputs& inputs) {
  const Index tokens = inputs.x.shape()[0], in = inputs.x.shape()[1], out = inputs.bias.shape()[0];
  const std::vector<double> x = doubles(inputs.x.value()), weight = doubles(inputs.weight.value());
  const std::vector<double> bias = doubles(inputs.bias.value());
  std::vector<double> y(tokens * out);
  for (Index t = 0; t < tokens; ++t) {
    for (Index o = 0; o < out; ++o) {
      double sum = bias[o];
      for (Index i = 0; i < in; ++i) sum += x[t * in + i] * weight[o * in + i];
      y[t * out + o] = sum;
    }
  }
  return y;
}

TEST_CASE("linear is x·Wᵀ + b", "[linear]") {
  std::vector<Extents> extents(std::begin(small), std::end(small));
  extents.insert(extents.end(), {{33, 65, 129}, {129, 7, 513}, {128, 3, 512}, {300, 33, 7}});
  for (const DType dtype : {DType::f32, DType::f64}) {
    for (const Extents& e : extents) {
      const Inputs in(e, dtype);
      CAPTURE(name_of(dtype), e.tokens, e.in, e.out);
      CHECK(difference(in.op()().value(), expected_linear(in)) < 5 * tolerance(dtype));
    }
  }
}

TEST_CASE("linear without inputs is the bias", "[linear]") {
  const Inputs in({2, 0, 3});
  std::vector<double> bias = doubles(in.bias.value());
  bias.insert(bias.end(), bias.begin(), bias.begin() + 3);
  CHECK(difference(in.op()().value(), bias) == 0);
  CHECK(Inputs({0, 2, 3}).op()().shape() == Shape{0, 3});
}

TEST_CASE("a weight of halves is the floats it stands for, backward as well", "[linear]") {
  const Inputs in({13, 33, 9}, DType::f32);
  const Tensor halves = in.weight.value().to(GENERATE(DType::f16, DType::bf16));
  const auto results = [&](const Tensor& weight) {
    Var replaced = in.weight;
    replaced.replace_value(weight);
    return run(in.op(), in.vars());
  };
  const std::vector<Tensor> wide = results(halves.to(DType::f32)), narrow = results(halves);
  for (std::size_t i = 0; i < wide.size(); ++i) {
    CAPTURE(i);
    CHECK(same_bits(narrow[i], wide[i]));
  }
  CHECK_THROWS_WITH(linear(random_var({4, 33}), Var(halves), random_var({9})),
                    ContainsSubstring("linear: weight must be f64, got ") && ContainsSubstring("f16 (x is f64)"));
}

TEST_CASE("linear refuses extents that do not fit", "[linear]") {
  const Inputs in({4, 6, 3});
  CHECK_THROWS_WITH(linear(in.x, random_var({3, 5}), in.bias),
                    ContainsSubstring("linear: weight must be [out,6], got [3,5] (x is [4,6])"));
  CHECK_THROWS_WITH(linear(in.x, in.weight, random_var({4})),
                    ContainsSubstring("linear: bias must be [3], got [4] (weight is [3,6])"));
  CHECK_THROWS_WITH(linear(in.bias, in.weight, in.bias), ContainsSubstring("linear: x must be [T,in], got [3]"));
  CHECK_THROWS_AS(linear(in.x, in.bias, in.bias), Error);
}

TEST_CASE("linear gradients", "[linear]") {
  for (const Extents& e : small) {
    const Inputs in(e);
    CAPTURE(e.tokens, e.in, e.out);
    check_gradients(in.op(), in.vars());
  }
}

TEST_CASE("linear: threads and accumulation", "[linear]") {
  const Inputs large({300, 33, 1100}, DType::f32), in({13, 11, 9});
  check_same_bits_with_any_threads(large.op(), large.vars());
  check_accumulation(in.op(), in.vars());
}

}  // namespace linear_test
}  // namespace mini_bert::testing
