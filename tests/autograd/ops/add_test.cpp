#include "mini_bert/autograd/ops/add.h"

#include "tests/autograd/op_testing.h"

namespace mini_bert::testing {
namespace {

TEST_CASE("add is z = x + y", "[add]") {
  for (const DType dtype : {DType::f32, DType::f64}) {
    for (const Shape& shape : shapes) {
      const Var x = random_var(shape, dtype, 0), y = random_var(shape, dtype, 1);
      std::vector<double> expected = doubles(x.value());
      for (Index i = 0; i < shape.size(); ++i) expected[i] += doubles(y.value())[i];
      CAPTURE(name_of(dtype), shape.rows(), shape.cols());
      CHECK(difference(add(x, y).value(), expected) < tolerance(dtype));
    }
  }
}

TEST_CASE("add takes any rank and no rows at all", "[add]") {
  const Var x = random_var({2, 3, 5});
  CHECK(add(x, x).shape() == Shape{2, 3, 5});
  CHECK(add(random_var({}), random_var({})).shape() == Shape{});
  CHECK(add(random_var({0, 4}), random_var({0, 4})).shape() == Shape{0, 4});
}

TEST_CASE("add refuses different shapes", "[add]") {
  CHECK_THROWS_WITH(add(random_var({2, 3}), random_var({3, 2})),
                    ContainsSubstring("add: y must be [2,3] like x, got [3,2]"));
  CHECK_THROWS_AS(add(random_var({2, 3}), random_var({3})), Error);
  CHECK_THROWS_AS(add(random_var({5}, DType::f64), random_var({5}, DType::f32)), Error);
}

TEST_CASE("add gradients", "[add]") {
  for (const Shape& shape : shapes) {
    const Var x = random_var(shape, DType::f64, 0), y = random_var(shape, DType::f64, 1);
    check_gradients([&] { return add(x, y); }, {x, y});
    check_gradients([&] { return add(x, x); }, {x});
  }
}

TEST_CASE("add: threads and accumulation", "[add]") {
  const Var x = random_var({67, 129}, DType::f32, 0), y = random_var({67, 129}, DType::f32, 1);
  check_same_bits_with_any_threads([&] { return add(x, y); }, {x, y});
  check_accumulation([&] { return add(x, y); }, {x, y});
}

}  // namespace
}  // namespace mini_bert::testing
