#include "mini_bert/autograd/ops/convert.h"

#include "mini_bert/autograd/ops/scale.h"
#include "tests/autograd/op_testing.h"

namespace mini_bert::testing {
namespace {

TEST_CASE("convert rounds each number to the other type", "[convert]") {
  for (const Shape& shape : shapes) {
    for (const DType from : {DType::f32, DType::f64}) {
      for (const DType to : {DType::bf16, DType::f32, DType::f64}) {
        const Var x = random_var(shape, from);
        const Var y = convert(x, to);
        CAPTURE(name_of(from), name_of(to), shape.rows(), shape.cols());
        CHECK(y.dtype() == to);
        CHECK(same_bits(y.value(), x.value().to(to)));
        CHECK(same_bits(convert(y, from).value(), y.value().to(from)));
      }
    }
  }
}

TEST_CASE("convert to the same type is the Var itself", "[convert]") {
  const Var x = random_var({3, 5});
  Tape tape;
  CHECK(convert(x, DType::f64).value().raw() == x.value().raw());
  CHECK(tape.size() == 0);
}

TEST_CASE("convert passes gradients on, in the type of each side", "[convert]") {
  for (const Shape& shape : shapes) {
    const Var x = random_var(shape, DType::f32);
    const Tensor dy = random_tensor(shape, DType::f32, 99).to(DType::bf16);
    Tape tape;
    tape.backward(convert(x, DType::bf16), dy);
    CAPTURE(shape.rows(), shape.cols());
    CHECK(same_bits(x.grad(), dy.to(DType::f32)));
  }
}

// By way of f32, whose steps are far below h here, gradcheck sees the derivative 1.
TEST_CASE("convert gradients", "[convert]") {
  for (const Shape& shape : shapes) {
    const Var x = random_var(shape);
    const auto f = [&] { return scale(convert(convert(x, DType::f32), DType::f64), 1.5); };
    const GradcheckResult result = gradcheck(f, {x}, 1e-3, 1.0 / 1024);
    INFO(result.message);
    CHECK(result.passed);
  }
}

TEST_CASE("convert: threads and accumulation", "[convert]") {
  const Var x = random_var({67, 129}, DType::f32);
  check_same_bits_with_any_threads([&] { return convert(x, DType::f64); }, {x});
  check_accumulation([&] { return convert(x, DType::f64); }, {x});
}

TEST_CASE("convert refuses whole numbers", "[convert]") {
  CHECK_THROWS_WITH(convert(Var(ids({1, 2})), DType::f32), ContainsSubstring("f32 and f64, got i32"));
}

}  // namespace
}  // namespace mini_bert::testing
