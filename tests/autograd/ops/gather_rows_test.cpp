#include "mini_bert/autograd/ops/gather_rows.h"

#include "tests/autograd/op_testing.h"

namespace mini_bert::testing {
namespace {

// `count` rows below `limit` in no order, some more than once.
Tensor some_rows(Index count, Index limit) {
  std::vector<std::int32_t> rows;
  for (Index m = 0; m < count; ++m) rows.push_back(static_cast<std::int32_t>((m * m + 3 * m + 1) % limit));
  return ids(rows);
}

TEST_CASE("gather_rows picks rows in the order given", "[gather_rows]") {
  for (const DType dtype : {DType::f32, DType::f64}) {
    for (const Shape& shape : shapes) {
      for (const Index count : {1, 7, 33}) {
        const Var x = random_var(shape, dtype);
        const Tensor rows = some_rows(count, shape[0]);
        const std::vector<double> values = doubles(x.value());
        std::vector<double> expected;
        for (const std::int32_t row : rows.values<std::int32_t>()) {
          for (Index j = 0; j < shape[1]; ++j) expected.push_back(values[row * shape[1] + j]);
        }
        CAPTURE(name_of(dtype), shape[0], shape[1], count);
        CHECK(difference(gather_rows(x, rows).value(), expected) == 0);
      }
    }
  }
  CHECK(gather_rows(random_var({5, 3}), ids({})).shape() == Shape{0, 3});
}

TEST_CASE("a row gathered twice gets both gradients, one not gathered none", "[gather_rows]") {
  const Var x = random_var({3, 2});
  Tape tape;
  tape.backward(gather_rows(x, ids({2, 0, 2})), Tensor::from<double>({1, 2, 3, 4, 5, 6}, {3, 2}));
  CHECK(difference(x.grad(), {3, 4, 0, 0, 6, 8}) == 0);
}

TEST_CASE("gather_rows refuses rows that do not exist", "[gather_rows]") {
  const Var x = random_var({4, 3});
  CHECK_THROWS_WITH(gather_rows(x, ids({0, 4})), ContainsSubstring("gather_rows: rows[1] must be in 0..3, got 4"));
  CHECK_THROWS_WITH(gather_rows(x, ids({-1})), ContainsSubstring("rows[0] must be in 0..3, got -1"));
  CHECK_THROWS_WITH(gather_rows(x, Tensor::zeros({2}, DType::f64)), ContainsSubstring("rows must be i32, got f64"));
  CHECK_THROWS_WITH(gather_rows(random_var({4}), ids({0})), ContainsSubstring("x must be [T,H], got [4]"));
}

TEST_CASE("gather_rows gradients", "[gather_rows]") {
  for (const Shape& shape : shapes) {
    const Var x = random_var(shape);
    const Tensor rows = some_rows(5, shape[0]);
    CAPTURE(shape[0], shape[1]);
    check_gradients([&] { return gather_rows(x, rows); }, {x});
  }
}

TEST_CASE("gather_rows: threads and accumulation", "[gather_rows]") {
  const Var x = random_var({67, 129}, DType::f32), small = random_var({5, 13});
  const Tensor rows = some_rows(120, 67);
  check_same_bits_with_any_threads([&] { return gather_rows(x, rows); }, {x});
  check_accumulation([&] { return gather_rows(small, ids({1, 4, 1})); }, {small});
}

}  // namespace
}  // namespace mini_bert::testing
