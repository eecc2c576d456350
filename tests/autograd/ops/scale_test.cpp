#include "mini_bert/autograd/ops/scale.h"

#include "tests/autograd/op_testing.h"

namespace mini_bert::testing {
namespace {

TEST_CASE("scale is y = a·x", "[scale]") {
  for (const DType dtype : {DType::f32, DType::f64}) {
    for (const Shape& shape : shapes) {
      for (const double a : {-1.7, 0.0, 1.0, 0.125}) {
        const Var x = random_var(shape, dtype);
        std::vector<double> expected = doubles(x.value());
        for (double& value : expected) value *= a;
        CAPTURE(name_of(dtype), shape.rows(), shape.cols(), a);
        CHECK(difference(scale(x, a).value(), expected) < tolerance(dtype));
      }
    }
  }
}

TEST_CASE("scale takes any rank and no rows at all", "[scale]") {
  CHECK(scale(random_var({}), 2).shape() == Shape{});
  CHECK(scale(random_var({2, 3, 5}), 2).shape() == Shape{2, 3, 5});
  CHECK(scale(random_var({0, 4}), 2).shape() == Shape{0, 4});
  CHECK_THROWS_WITH(scale(Var(ids({1, 2})), 2), ContainsSubstring("f32 and f64, got i32"));
}

TEST_CASE("scale gradients", "[scale]") {
  for (const Shape& shape : shapes) {
    const Var x = random_var(shape);
    check_gradients([&] { return scale(x, -1.7); }, {x});
  }
  const Var x = random_var({3, 3});
  run([&] { return scale(x, 0); }, {x});
  CHECK(difference(x.grad(), std::vector<double>(9)) == 0);
}

TEST_CASE("scale: threads and accumulation", "[scale]") {
  const Var x = random_var({67, 129}, DType::f32);
  check_same_bits_with_any_threads([&] { return scale(x, 1.1); }, {x});
  check_accumulation([&] { return scale(x, 1.1); }, {x});
}

}  // namespace
}  // namespace mini_bert::testing
