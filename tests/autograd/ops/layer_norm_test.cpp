#include "mini_bert/autograd/ops/layer_norm.h"

#include "tests/autograd/op_testing.h"

namespace mini_bert::testing {
namespace layer_norm_test {

constexpr double eps = 1e-12;

struct Inputs {
  explicit Inputs(const Shape& shape, DType dtype = DType::f64)
      : x(random_var(shape, dtype, 0)),
        gamma(random_var({shape.cols()}, dtype, 1)),
        beta(random_var({shape.cols()}, dtype, 2)) {}

  Op op() const {
    return [*this] { return layer_norm(x, gamma, beta, eps); };
  }
  std::vector<Var> vars() const { return {x, gamma, beta}; }

  Var x, gamma, beta;
};

std::vector<double> expected_layer_norm(const Inputs& in, double epsilon) {
  std::vector<double> y = doubles(in.x.value());
  const std::vector<double> gamma = doubles(in.gamma.value()), beta = doubles(in.beta.value());
  const Index cols = in.x.shape().cols();
  for (Index t = 0; t < in.x.shape().rows(); ++t) {
    double* const row = &y[t * cols];
    double mean = 0, variance = 0;
    for (Index j = 0; j < cols; ++j) mean += row[j] / cols;
    for (Index j = 0; j < cols; ++j) variance += (row[j] - mean) * (row[j] - mean) / cols;
    for (Index j = 0; j < cols; ++j) row[j] = gamma[j] * (row[j] - mean) / std::sqrt(variance + epsilon) + beta[j];
  }
  return y;
}

TEST_CASE("layer_norm takes mean and deviation out of every row", "[layer_norm]") {
  for (const DType dtype : {DType::f32, DType::f64}) {
    for (const Shape& shape : shapes) {
      for (const double epsilon : {1e-12, 1e-5, 0.5}) {
        const Inputs in(shape, dtype);
        const Var y = layer_norm(in.x, in.gamma, in.beta, epsilon);
        CAPTURE(name_of(dtype), shape.rows(), shape.cols(), epsilon);
        // Rows of two nearly equal numbers lose digits in x−μ: the comparison allows for it.
        CHECK(difference(y.value(), expected_layer_norm(in, epsilon)) < 10 * tolerance(dtype));
      }
    }
  }
}

TEST_CASE("layer_norm of rows far from 0 does not cancel", "[layer_norm]") {
  const Inputs in({4, 100}, DType::f32);
  Tensor x = in.x.value();
  for (float& value : x.values<float>()) value += 1000;
  CHECK(difference(layer_norm(in.x, in.gamma, in.beta, eps).value(), expected_layer_norm(in, eps)) < 1e-3);
}

TEST_CASE("layer_norm of constant rows", "[layer_norm]") {
  for (const DType dtype : {DType::f32, DType::f64}) {
    for (const double constant : {0.0, 1.0, -3.0, 1024.0}) {
      const Inputs in({3, 33}, dtype);
      Tensor x = in.x.value();
      x.fill(constant);
      std::vector<double> beta, once = doubles(in.beta.value());
      for (int t = 0; t < 3; ++t) beta.insert(beta.end(), once.begin(), once.end());
      CAPTURE(name_of(dtype), constant);
      CHECK(difference(layer_norm(in.x, in.gamma, in.beta, eps).value(), beta) == 0);
      run(in.op(), in.vars());
      CHECK(all_finite(in.x.grad()));
    }
    // The mean of 33 times 0.1 is not quite 0.1; what is left must stay of the order of γ.
    const Inputs in({3, 33}, dtype);
    Tensor x = in.x.value();
    x.fill(0.1);
    CHECK(difference(layer_norm(in.x, in.gamma, in.beta, eps).value(), expected_layer_norm(in, eps)) < 0.1);
  }
}

TEST_CASE("layer_norm of one column is beta", "[layer_norm]") {
  const Inputs in({4, 1});
  const double beta = in.beta.value().item();
  CHECK(difference(layer_norm(in.x, in.gamma, in.beta, eps).value(), {beta, beta, beta, beta}) == 0);
}

TEST_CASE("layer_norm refuses extents that do not fit", "[layer_norm]") {
  const Inputs in({4, 6});
  const Var five = random_var({5}), matrix = random_var({1, 6});
  CHECK_THROWS_WITH(layer_norm(in.x, five, in.beta, eps),
                    ContainsSubstring("layer_norm: gamma must be [6], got [5] (x is [4,6])"));
  CHECK_THROWS_WITH(layer_norm(in.x, in.gamma, five, eps), ContainsSubstring("layer_norm: beta must be [6], got [5]"));
  CHECK_THROWS_WITH(layer_norm(in.x, matrix, in.beta, eps), ContainsSubstring("gamma must be [6], got [1,6]"));
  CHECK_THROWS_WITH(layer_norm(in.gamma, in.gamma, in.beta, eps), ContainsSubstring("x must be [T,H], got [6]"));
  CHECK_THROWS_AS(layer_norm(random_var({4, 0}), random_var({0}), random_var({0}), eps), Error);
}

TEST_CASE("layer_norm gradients", "[layer_norm]") {
  for (const Shape& shape : {Shape{1, 3}, Shape{7, 3}, Shape{3, 5}, Shape{1, 7}, Shape{3, 33}, Shape{2, 65},
                             Shape{65, 4}, Shape{5, 13}, Shape{1, 129}}) {
    const Inputs in(shape);
    CAPTURE(shape.rows(), shape.cols());
    check_gradients(in.op(), in.vars());
  }
  const Inputs in({3, 7});
  check_gradients([&] { return layer_norm(in.x, in.gamma, in.beta, 0.5); }, in.vars());
}

TEST_CASE("layer_norm: threads and accumulation", "[layer_norm]") {
  const Inputs in({67, 129}, DType::f32);
  check_same_bits_with_any_threads(in.op(), in.vars());
  check_accumulation(in.op(), in.vars());
}

}  // namespace layer_norm_test
}  // namespace mini_bert::testing
