#include "mini_bert/autograd/ops/squared_error.h"

#include "tests/autograd/op_testing.h"

namespace mini_bert::testing {
namespace {

TEST_CASE("squared_error is Σ (x − t)² over the divisor", "[squared_error]") {
  for (const DType dtype : {DType::f32, DType::f64}) {
    for (const Shape& shape : shapes) {
      for (const double divisor : {1.0, 3.5}) {
        const Var x = random_var(shape, dtype);
        const Tensor targets = random_tensor(shape, dtype, 1);
        const std::vector<double> value = doubles(x.value()), t = doubles(targets);
        double expected = 0;
        for (std::size_t i = 0; i < t.size(); ++i) expected += (value[i] - t[i]) * (value[i] - t[i]) / divisor;
        CAPTURE(name_of(dtype), shape[0], shape[1], divisor);
        CHECK(difference(squared_error(x, targets, divisor).value(), {expected}) < tolerance(dtype));
      }
    }
  }
}

TEST_CASE("squared_error keeps small errors of large numbers, and has no loss without elements", "[squared_error]") {
  const Var x(Tensor::from(std::vector<double>{1e9, -1e9}), true);
  const Tensor targets = Tensor::from(std::vector<double>{1e9 + 0.5, -1e9});
  Tape tape;
  const Var loss = squared_error(x, targets, 1);
  CHECK(loss.value().item() == 0.25);
  tape.backward(loss);
  CHECK(difference(x.grad(), {-1, 0}) == 0);
  CHECK(squared_error(random_var({0, 1}), Tensor({0, 1}, DType::f64), 1).value().item() == 0);
}

TEST_CASE("squared_error refuses targets that do not fit", "[squared_error]") {
  const Var x = random_var({2, 3});
  CHECK_THROWS_WITH(squared_error(x, Tensor::zeros({3}, DType::f64), 1),
                    ContainsSubstring("squared_error: targets must be f64 [2,3] like x, got f64 [3]"));
  CHECK_THROWS_WITH(squared_error(x, Tensor::zeros({2, 3}), 1), ContainsSubstring("got f32 [2,3]"));
  CHECK_THROWS_WITH(squared_error(x, x.value(), -1), ContainsSubstring("divisor must be above 0, got -1"));
}

TEST_CASE("squared_error gradients", "[squared_error]") {
  for (const Shape& shape : shapes) {
    const Var x = random_var(shape);
    const Tensor targets = random_tensor(shape, DType::f64, 1);
    CAPTURE(shape[0], shape[1]);
    check_gradients([&] { return squared_error(x, targets, 3.5); }, {x});
  }
}

TEST_CASE("squared_error: threads and accumulation", "[squared_error]") {
  const Var x = random_var({67, 129}, DType::f32);
  const Tensor targets = random_tensor({67, 129}, DType::f32, 1);
  check_same_bits_with_any_threads([&] { return squared_error(x, targets, 40); }, {x});
  check_accumulation([&] { return squared_error(x, targets, 40); }, {x});
}

}  // namespace
}  // namespace mini_bert::testing
