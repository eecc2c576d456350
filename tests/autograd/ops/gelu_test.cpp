#include "mini_bert/autograd/ops/gelu.h"

#include <numbers>

#include "tests/autograd/op_testing.h"

namespace mini_bert::testing {
namespace {

double expected_gelu(double x, Gelu form) {
  if (form == Gelu::erf) return x * 0.5 * std::erfc(-x / std::numbers::sqrt2);
  return x * 0.5 * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x)));
}

double slope(double x, Gelu form) {
  const double h = 1e-5;
  return (expected_gelu(x + h, form) - expected_gelu(x - h, form)) / (2 * h);
}

TEST_CASE("gelu is x·Φ(x), exact or with tanh", "[gelu]") {
  for (const Gelu form : {Gelu::erf, Gelu::tanh}) {
    for (const DType dtype : {DType::f32, DType::f64}) {
      for (const Shape& shape : shapes) {
        const Var x = random_var(shape, dtype);
        std::vector<double> expected = doubles(x.value());
        for (double& value : expected) value = expected_gelu(value, form);
        CAPTURE(name_of(dtype), shape.rows(), shape.cols());
        CHECK(difference(gelu(x, form).value(), expected) < tolerance(dtype));
      }
    }
  }
}

TEST_CASE("gelu has the published values", "[gelu]") {
  const Var x(Tensor::from<double>({-1, 0, 1, 2}));
  CHECK(difference(gelu(x).value(), {-0.15865525393145707, 0, 0.8413447460685429, 1.9544997361036416}) < 1e-12);
  CHECK(difference(gelu(x, Gelu::tanh).value(), {-0.15880800939172324, 0, 0.8411919906082768, 1.954597694087775}) <
        1e-12);
}

TEST_CASE("gelu from −12 to 12, value and slope", "[gelu]") {
  std::vector<double> values;
  for (double x = -12; x <= 12; x += 0.0173) values.push_back(x);
  for (const Gelu form : {Gelu::erf, Gelu::tanh}) {
    for (const DType dtype : {DType::f32, DType::f64}) {
      const Var x(Tensor::from(values).to(dtype), true);
      std::vector<double> expected, expected_slope;
      for (const double value : doubles(x.value())) {
        expected.push_back(expected_gelu(value, form));
        expected_slope.push_back(slope(value, form));
      }
      Tape tape;
      const Var y = gelu(x, form);
      tape.backward(y, Tensor::full(y.shape(), 1, dtype));
      CAPTURE(name_of(dtype));
      CHECK(difference(y.value(), expected) < tolerance(dtype));
      CHECK(difference(x.grad(), expected_slope) < (dtype == DType::f64 ? 1e-9 : 1e-5));
    }
  }
}

TEST_CASE("gelu of large numbers is x or 0, its slope 1 or 0", "[gelu]") {
  const std::vector<double> values = {-1e30, -1e20, -1e13, -1e4, -50, 50, 1e4, 1e13, 1e20, 1e30};
  for (const Gelu form : {Gelu::erf, Gelu::tanh}) {
    for (const DType dtype : {DType::f32, DType::f64}) {
      const Var x(Tensor::from(values).to(dtype), true);
      Tape tape;
      const Var y = gelu(x, form);
      tape.backward(y, Tensor::full(y.shape(), 1, dtype));
      const std::vector<double> given = doubles(x.value()), got = doubles(y.value()), dx = doubles(x.grad());
      for (std::size_t i = 0; i < given.size(); ++i) {
        CAPTURE(name_of(dtype), static_cast<int>(form), given[i], got[i], dx[i]);
        CHECK(std::abs(got[i] - std::max(given[i], 0.0)) <= 1e-6 * std::max(given[i], 0.0) + 1e-30);
        CHECK(std::abs(dx[i] - (given[i] > 0)) < 1e-6);
      }
    }
  }
}

TEST_CASE("gelu refuses what is not floating-point", "[gelu]") {
  CHECK_THROWS_WITH(gelu(Var(ids({1, 2}))), ContainsSubstring("f32 and f64, got i32"));
}

TEST_CASE("gelu gradients", "[gelu]") {
  for (const Gelu form : {Gelu::erf, Gelu::tanh}) {
    for (const Shape& shape : shapes) {
      const Var x = random_var(shape);
      check_gradients([&] { return gelu(x, form); }, {x});
    }
  }
}

TEST_CASE("gelu: threads and accumulation", "[gelu]") {
  for (const Gelu form : {Gelu::erf, Gelu::tanh}) {
    const Var x = random_var({67, 129}, DType::f32);
    check_same_bits_with_any_threads([&] { return gelu(x, form); }, {x});
    check_accumulation([&] { return gelu(x, form); }, {x});
  }
}

}  // namespace
}  // namespace mini_bert::testing
