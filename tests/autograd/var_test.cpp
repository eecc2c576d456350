#include "mini_bert/autograd/var.h"

#include "tests/autograd/op_testing.h"

namespace mini_bert::testing {
namespace {

TEST_CASE("a Var has a value and, at first, no gradient", "[var]") {
  CHECK_FALSE(Var().defined());
  const Var x(Tensor::full({2, 3}, 0.5, DType::f64));
  CHECK(x.defined());
  CHECK(x.shape() == Shape{2, 3});
  CHECK(x.dtype() == DType::f64);
  CHECK_FALSE(x.requires_grad());
  CHECK_FALSE(x.grad().defined());
}

TEST_CASE("copies of a Var are one Var", "[var]") {
  Var x(Tensor::full({2}, 1)), same = x;
  same.set_requires_grad(true);
  CHECK(x.requires_grad());
  x.grad_to_accumulate()->fill(3);
  CHECK(same.grad().values<float>()[1] == 3);
  same.clear_grad();
  CHECK_FALSE(x.grad().defined());
}

TEST_CASE("a gradient begins as zeros of the value's shape and type, if one is wanted", "[var]") {
  Var x(Tensor::full({2, 3}, 1, DType::f64));
  CHECK(x.grad_to_accumulate() == nullptr);
  CHECK_FALSE(x.grad().defined());
  x.set_requires_grad(true);
  Tensor* const dx = x.grad_to_accumulate();
  CHECK(dx->shape() == Shape{2, 3});
  CHECK(dx->dtype() == DType::f64);
  CHECK(difference(*dx, std::vector<double>(6)) == 0);
  dx->fill(2);
  CHECK(x.grad_to_accumulate() == dx);  // the same memory, not zeros again
  CHECK(x.grad().values<double>()[5] == 2);
}

}  // namespace
}  // namespace mini_bert::testing
