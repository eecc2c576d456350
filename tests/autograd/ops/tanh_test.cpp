#include "mini_bert/autograd/ops/tanh.h"

#include "tests/autograd/op_testing.h"

namespace mini_bert::testing {
namespace {

TEST_CASE("tanh is the hyperbolic tangent", "[tanh]") {
  for (const DType dtype : {DType::f32, DType::f64}) {
    for (const Shape& shape : shapes) {
      const Var x = random_var(shape, dtype);
      std::vector<double> expected = doubles(x.value());
      for (double& value : expected) value = std::tanh(value);
      CAPTURE(name_of(dtype), shape.rows(), shape.cols());
      CHECK(difference(tanh(x).value(), expected) < tolerance(dtype));
    }
  }
}

TEST_CASE("tanh over the whole range, and its slope there", "[tanh]") {
  for (const DType dtype : {DType::f32, DType::f64}) {
    std::vector<double> values, expected;
    for (double x = -20; x <= 20; x += 0.037) values.push_back(x);
    for (const double large : {1e4, 1e30}) values.insert(values.end(), {large, -large});
    for (const double x : values) expected.push_back(std::tanh(x));
    const Var x(Tensor::from(values).to(dtype), true);
    CHECK(difference(tanh(x).value(), expected) < tolerance(dtype));
    run([&] { return tanh(x); }, {x});
    CHECK(all_finite(x.grad()));
    CHECK(std::abs(doubles(x.grad()).back()) < 1e-6);
  }
}

TEST_CASE("tanh refuses what is not floating-point", "[tanh]") {
  CHECK_THROWS_WITH(tanh(Var(ids({1, 2}))), ContainsSubstring("f32 and f64, got i32"));
}

TEST_CASE("tanh gradients", "[tanh]") {
  for (const Shape& shape : shapes) {
    const Var x = random_var(shape);
    check_gradients([&] { return tanh(x); }, {x});
  }
}

TEST_CASE("tanh: threads and accumulation", "[tanh]") {
  const Var x = random_var({67, 129}, DType::f32);
  check_same_bits_with_any_threads([&] { return tanh(x); }, {x});
  check_accumulation([&] { return tanh(x); }, {x});
}

}  // namespace
}  // namespace mini_bert::testing
