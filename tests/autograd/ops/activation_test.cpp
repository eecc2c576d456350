#include "mini_bert/autograd/ops/activation.h"

#include <numbers>

#include "tests/autograd/op_testing.h"

namespace mini_bert::testing {
namespace {

double normal_cdf(double x) {
  return 0.5 * std::erfc(-x / std::numbers::sqrt2);
}
double logistic(double x) {
  return 1 / (1 + std::exp(-x));
}

// Each activation once more: its formula, written with the standard library alone, and where its kinks are.
struct Expected {
  Activation activation;
  double (*value)(double);
  std::vector<double> kinks = {};
};
const std::vector<Expected> formulas = {
    {Activation::gelu, [](double x) { return x * normal_cdf(x); }},
    {Activation::gelu_tanh,
     [](double x) { return 0.5 * x * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x))); }},
    {Activation::gelu_10, [](double x) { return std::clamp(x * normal_cdf(x), -10.0, 10.0); }, {10}},
    {Activation::quick_gelu, [](double x) { return x * logistic(1.702 * x); }},
    {Activation::relu, [](double x) { return std::max(x, 0.0); }, {0}},
    {Activation::relu2, [](double x) { return std::pow(std::max(x, 0.0), 2); }},
    {Activation::relu6, [](double x) { return std::clamp(x, 0.0, 6.0); }, {0, 6}},
    {Activation::leaky_relu, [](double x) { return std::max(x, 0.01 * x); }, {0}},
    {Activation::silu, [](double x) { return x * logistic(x); }},
    {Activation::mish, [](double x) { return x * std::tanh(std::log1p(std::exp(std::min(x, 700.0)))); }},
    {Activation::hardswish, [](double x) { return x * std::clamp(x + 3, 0.0, 6.0) / 6; }, {-3, 3}},
    {Activation::sigmoid, logistic},
    {Activation::tanh, [](double x) { return std::tanh(x); }},
    {Activation::sqrtsoftplus, [](double x) { return std::sqrt(x > 30 ? x : std::log1p(std::exp(x))); }},
    {Activation::laplace, [](double x) { return normal_cdf((x - 0.707107) / 0.282095); }},
    {Activation::linear, [](double x) { return x; }},
};

double slope(const Expected& expected, double x) {
  const double h = 1e-5;
  return (expected.value(x + h) - expected.value(x - h)) / (2 * h);
}

// y and dx for dy = 1.
struct Results {
  Tensor y, dx;
};
Results results(const Tensor& x, Activation activation) {
  const Var input(x, true);
  Tape tape;
  const Var y = activate(input, activation);
  tape.backward(y, Tensor::full(y.shape(), 1, y.dtype()));
  return {y.value(), input.grad()};
}

template <class Check>
void for_all(const Check& check) {
  for (const Expected& expected : formulas) {
    for (const DType dtype : {DType::f32, DType::f64}) {
      CAPTURE(name_of(expected.activation), name_of(dtype));
      check(expected, dtype);
    }
  }
}

TEST_CASE("activations: every row of the table is tested here, under names that no two share", "[activation]") {
  REQUIRE(formulas.size() == all_activations().size());
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < formulas.size(); ++i) {
    CHECK(formulas[i].activation == all_activations()[i]);
    for (const std::string_view name : names_of(formulas[i].activation)) {
      CAPTURE(name);
      CHECK(find_activation(name) == formulas[i].activation);
      CHECK(std::ranges::count(names, name) == 0);
      names.push_back(name);
    }
  }
  CHECK(find_activation("gelu_pytorch_tanh") == Activation::gelu_tanh);
  CHECK(find_activation("swish") == Activation::silu);
  CHECK_FALSE(find_activation(""));
  CHECK_FALSE(find_activation("GELU"));
}

TEST_CASE("activations: the formula, over odd sizes", "[activation]") {
  for_all([](const Expected& expected, DType dtype) {
    for (const Shape& shape : shapes) {
      const Var x = random_var(shape, dtype);
      std::vector<double> values = doubles(x.value());
      for (double& value : values) value = expected.value(value);
      CAPTURE(shape.rows(), shape.cols());
      CHECK(difference(activate(x, expected.activation).value(), values) < tolerance(dtype));
    }
  });
}

TEST_CASE("activations: the published values of GELU, and the short names", "[activation]") {
  const Var x(Tensor::from<double>({-1, 0, 1, 2}));
  CHECK(difference(gelu(x).value(), {-0.15865525393145707, 0, 0.8413447460685429, 1.9544997361036416}) < 1e-12);
  CHECK(difference(activate(x, Activation::gelu_tanh).value(),
                   {-0.15880800939172324, 0, 0.8411919906082768, 1.954597694087775}) < 1e-12);
  CHECK(difference(relu(x).value(), {0, 0, 1, 2}) == 0);
  CHECK(difference(silu(x).value(), {-0.2689414213699951, 0, 0.7310585786300049, 1.7615941559557646}) < 1e-12);
}

TEST_CASE("activations: value and slope from −12 to 12", "[activation]") {
  for_all([](const Expected& expected, DType dtype) {
    std::vector<double> inputs;
    for (double x = -12; x <= 12; x += 0.0173) {
      const auto is_near = [&](double kink) { return std::abs(x - kink) < 1e-4; };
      if (std::ranges::none_of(expected.kinks, is_near)) inputs.push_back(x);
    }
    const Tensor x = Tensor::from(inputs).to(dtype);
    std::vector<double> values, slopes;
    for (const double input : doubles(x)) {
      values.push_back(expected.value(input));
      slopes.push_back(slope(expected, input));
    }
    const Results actual = results(x, expected.activation);
    CHECK(difference(actual.y, values) < tolerance(dtype));
    CHECK(difference(actual.dx, slopes) < (dtype == DType::f64 ? 1e-8 : 1e-5));
  });
}

TEST_CASE("activations: numbers so large that a power of them overflows", "[activation]") {
  const std::vector<double> inputs = {-1e18, -1e13, -1e4, -100, -88.5, -50, 50, 88.5, 100, 1e4, 1e13, 1e18};
  for_all([&](const Expected& expected, DType dtype) {
    const Tensor x = Tensor::from(inputs).to(dtype);
    std::vector<double> values;
    for (const double input : doubles(x)) values.push_back(expected.value(input));
    const Results actual = results(x, expected.activation);
    CHECK(difference(actual.y, values) < tolerance(dtype));
    CHECK(all_finite(actual.dx));
    // Out there the slope no longer changes, but for relu2, whose slope grows, and √log(1 + eˣ).
    if (expected.activation == Activation::relu2 || expected.activation == Activation::sqrtsoftplus) return;
    std::vector<double> slopes;
    for (const double input : inputs) slopes.push_back(slope(expected, input < 0 ? -50 : 50));
    CHECK(difference(actual.dx, slopes) < 1e-6);
  });
}

TEST_CASE("activations: NaN stays NaN", "[activation]") {
  for_all([](const Expected& expected, DType dtype) {
    const Var x(Tensor::full({11}, std::nan(""), dtype));
    for (const double y : doubles(activate(x, expected.activation).value())) CHECK(std::isnan(y));
  });
}

TEST_CASE("activations: the slopes at kinks are those of PyTorch", "[activation]") {
  for (const DType dtype : {DType::f32, DType::f64}) {
    const Tensor x = Tensor::from<double>({-1e-30, -0.0, 0, 1e-30, 6}).to(dtype);
    CHECK(difference(results(x, Activation::relu).dx, {0, 0, 0, 1, 1}) == 0);
    CHECK(difference(results(x, Activation::relu6).dx, {0, 0, 0, 1, 0}) == 0);
    CHECK(difference(results(x, Activation::leaky_relu).dx, {0.01, 0.01, 0.01, 1, 1}) < 1e-7);
    CHECK(difference(results(x, Activation::relu2).dx, {0, 0, 0, 2e-30, 12}) < 1e-7);
  }
}

TEST_CASE("activations: relu stops every gradient, infinite ones and the sign of zero too", "[activation]") {
  for (const DType dtype : {DType::f32, DType::f64}) {
    const Var x(Tensor::full({19}, -1, dtype), true);
    for (const double dy : {-1.0, std::numeric_limits<double>::infinity(), std::nan("")}) {
      Tape tape;
      const Var y = relu(x);
      tape.backward(y, Tensor::full(y.shape(), dy, dtype));
      for (const double dx : doubles(x.grad())) CHECK((dx == 0 && !std::signbit(dx)));
      Var(x).clear_grad();
    }
  }
}

TEST_CASE("activations refuse what is not floating-point", "[activation]") {
  CHECK_THROWS_WITH(gelu(Var(ids({1, 2}))), ContainsSubstring("f32 and f64, got i32"));
}

TEST_CASE("activations: gradients", "[activation]") {
  for (const Expected& expected : formulas) {
    for (const Shape& shape : shapes) {
      const Var x = random_var(shape);
      CAPTURE(name_of(expected.activation), shape.rows(), shape.cols());
      check_gradients([&] { return activate(x, expected.activation); }, {x});
    }
  }
}

TEST_CASE("activations: threads and accumulation", "[activation]") {
  for (const Expected& expected : formulas) {
    CAPTURE(name_of(expected.activation));
    const Var x = random_var({67, 129}, DType::f32);
    check_same_bits_with_any_threads([&] { return activate(x, expected.activation); }, {x});
    check_accumulation([&] { return activate(x, expected.activation); }, {x});
  }
}

}  // namespace
}  // namespace mini_bert::testing
