#include "mini_bert/autograd/ops/softmax.h"

#include "tests/autograd/op_testing.h"

namespace mini_bert::testing {
namespace {

std::vector<double> expected_softmax(const Tensor& x) {
  std::vector<double> y = doubles(x);
  for (Index t = 0; t < x.rows(); ++t) {
    double* const row = &y[t * x.cols()];
    double sum = 0;
    for (Index j = 0; j < x.cols(); ++j) sum += std::exp(row[j]);
    for (Index j = 0; j < x.cols(); ++j) row[j] = std::exp(row[j]) / sum;
  }
  return y;
}

TEST_CASE("softmax is exp over the sum of exp", "[softmax]") {
  for (const DType dtype : {DType::f32, DType::f64}) {
    for (const Shape& shape : shapes) {
      const Var x = random_var(shape, dtype);
      CAPTURE(name_of(dtype), shape.rows(), shape.cols());
      CHECK(difference(softmax(x).value(), expected_softmax(x.value())) < tolerance(dtype));
    }
  }
}

TEST_CASE("softmax of large and of very different numbers", "[softmax]") {
  for (const DType dtype : {DType::f32, DType::f64}) {
    const std::vector<double> rows = {1e30, 1e30, -1e30, -1e4, -1e4, -1e4, 1e4, 0, -1e4, 300, 301, 302};
    const Var x(Tensor::from(rows, {4, 3}).to(dtype), true);
    const double e = std::exp(1), sum = 1 + e + e * e;
    const std::vector<double> expected = {0.5, 0.5, 0, 1.0 / 3, 1.0 / 3, 1.0 / 3,
                                          1,   0,   0, 1 / sum, e / sum, e * e / sum};
    CHECK(difference(softmax(x).value(), expected) < tolerance(dtype));
    run([&] { return softmax(x); }, {x});
    CHECK(all_finite(x.grad()));
  }
}

TEST_CASE("softmax of one column is 1", "[softmax]") {
  const Var x = random_var({5, 1});
  CHECK(difference(softmax(x).value(), std::vector<double>(5, 1)) == 0);
  run([&] { return softmax(x); }, {x});
  CHECK(difference(x.grad(), std::vector<double>(5)) == 0);
}

TEST_CASE("softmax refuses empty rows", "[softmax]") {
  CHECK_THROWS_WITH(softmax(random_var({3, 0})), ContainsSubstring("softmax: rows must not be empty, got [3,0]"));
  CHECK(softmax(random_var({0, 3})).shape() == Shape{0, 3});
}

TEST_CASE("softmax gradients", "[softmax]") {
  for (const Shape& shape : shapes) {
    const Var x = random_var(shape);
    check_gradients([&] { return softmax(x); }, {x});
  }
}

TEST_CASE("softmax: threads and accumulation", "[softmax]") {
  for (const Shape& shape : {Shape{67, 129}, Shape{3, 5000}}) {
    const Var x = random_var(shape, DType::f32);
    check_same_bits_with_any_threads([&] { return softmax(x); }, {x});
    check_accumulation([&] { return softmax(x); }, {x});
  }
}

}  // namespace
}  // namespace mini_bert::testing
