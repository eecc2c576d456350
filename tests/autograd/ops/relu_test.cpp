#include "mini_bert/autograd/ops/relu.h"

#include "tests/autograd/op_testing.h"

namespace mini_bert::testing {
namespace {

TEST_CASE("relu is the larger of x and 0", "[relu]") {
  for (const DType dtype : {DType::f32, DType::f64}) {
    for (const Shape& shape : shapes) {
      const Var x = random_var(shape, dtype);
      std::vector<double> expected = doubles(x.value());
      for (double& value : expected) value = std::max(value, 0.0);
      CAPTURE(name_of(dtype), shape.rows(), shape.cols());
      CHECK(difference(relu(x).value(), expected) == 0);
    }
  }
}

TEST_CASE("relu of extreme numbers, and its slope there", "[relu]") {
  for (const DType dtype : {DType::f32, DType::f64}) {
    const std::vector<double> values = {-1e30, -1e-30, -0.0, 0.0, 1e-30, 1e30};
    const Var x(Tensor::from(values).to(dtype), true);
    CHECK(difference(relu(x).value(), {0, 0, 0, 0, 1e-30, 1e30}) < tolerance(dtype));
    Tape tape;
    tape.backward(relu(x), Tensor::full({6}, 3, dtype));
    CHECK(difference(x.grad(), {0, 0, 0, 0, 3, 3}) == 0);
  }
  CHECK(std::isnan(doubles(relu(Var(Tensor::full({3}, std::nan("")))).value())[1]));
}

TEST_CASE("relu refuses what is not floating-point", "[relu]") {
  CHECK_THROWS_WITH(relu(Var(ids({1, 2}))), ContainsSubstring("f32 and f64, got i32"));
}

TEST_CASE("relu gradients", "[relu]") {
  for (const Shape& shape : shapes) {
    const Var x = random_var(shape);
    check_gradients([&] { return relu(x); }, {x});
  }
}

TEST_CASE("relu: threads and accumulation", "[relu]") {
  const Var x = random_var({67, 129}, DType::f32);
  check_same_bits_with_any_threads([&] { return relu(x); }, {x});
  check_accumulation([&] { return relu(x); }, {x});
}

}  // namespace
}  // namespace mini_bert::testing
