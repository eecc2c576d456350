#include "mini_bert/autograd/ops/embedding.h"

#include "tests/autograd/op_testing.h"

namespace mini_bert::testing {
namespace {

// `count` ids below `limit`, many of them more than once.
Tensor some_ids(Index count, Index limit) {
  std::vector<std::int32_t> values;
  for (Index t = 0; t < count; ++t) values.push_back(static_cast<std::int32_t>(t * t % limit));
  return ids(values);
}

TEST_CASE("embedding is rows of the table", "[embedding]") {
  for (const DType dtype : {DType::f32, DType::f64}) {
    for (const Shape& shape : shapes) {
      for (const Index tokens : {1, 7, 33}) {
        const Var table = random_var(shape, dtype);
        const Tensor id = some_ids(tokens, shape[0]);
        const std::vector<double> values = doubles(table.value());
        std::vector<double> expected;
        for (const std::int32_t row : id.values<std::int32_t>()) {
          for (Index j = 0; j < shape[1]; ++j) expected.push_back(values[row * shape[1] + j]);
        }
        CAPTURE(name_of(dtype), shape[0], shape[1], tokens);
        CHECK(difference(embedding(table, id).value(), expected) == 0);
      }
    }
  }
  CHECK(embedding(random_var({5, 3}), ids({})).shape() == Shape{0, 3});
}

TEST_CASE("a table of halves gives rows of f32", "[embedding]") {
  const Var table(random_tensor({7, 33}, DType::f32).to(GENERATE(DType::f16, DType::bf16)));
  const Tensor id = some_ids(9, 7);
  const Tensor y = embedding(table, id).value();
  CHECK(same_bits(y, embedding(Var(table.value().to(DType::f32)), id).value()));
}

TEST_CASE("repeated ids add up their gradients; the padding row gets none", "[embedding]") {
  const Var table = random_var({4, 2});
  const Tensor id = ids({1, 0, 1, 3, 0}), dy = Tensor::from<double>({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, {5, 2});
  for (const Index padding_id : {-1, 0, 1, 2}) {
    std::vector<double> expected = {12, 14, 6, 8, 0, 0, 7, 8};
    if (padding_id >= 0) expected[2 * padding_id] = expected[2 * padding_id + 1] = 0;
    Var(table).clear_grad();
    Tape tape;
    tape.backward(embedding(table, id, padding_id), dy);
    CAPTURE(padding_id);
    CHECK(difference(table.grad(), expected) == 0);
  }
}

TEST_CASE("embedding refuses ids that are not in the table", "[embedding]") {
  const Var table = random_var({10, 3});
  CHECK_THROWS_WITH(embedding(table, ids({0, 9, 10})), ContainsSubstring("embedding: ids[2] must be in 0..9, got 10"));
  CHECK_THROWS_WITH(embedding(table, ids({-1})), ContainsSubstring("ids[0] must be in 0..9, got -1"));
  CHECK_THROWS_WITH(embedding(table, Tensor::zeros({2})), ContainsSubstring("ids must be i32, got f32"));
  CHECK_THROWS_WITH(embedding(random_var({10}), ids({0})), ContainsSubstring("table must be [V,H], got [10]"));
  CHECK_THROWS_AS(embedding(random_var({0, 3}), ids({0})), Error);
}

TEST_CASE("embedding gradients", "[embedding]") {
  for (const Shape& shape : shapes) {
    const Var table = random_var(shape);
    const Tensor id = some_ids(9, shape[0]);
    CAPTURE(shape[0], shape[1]);
    check_gradients([&] { return embedding(table, id); }, {table});
    // Differences would see the padding row, whose gradient is withheld; so no id here names it.
    check_gradients([&] { return embedding(table, id, shape[0]); }, {table});
  }
}

TEST_CASE("embedding: threads and accumulation", "[embedding]") {
  const Var table = random_var({50, 129}, DType::f32), small = random_var({5, 13});
  const Tensor id = some_ids(300, 50);
  check_same_bits_with_any_threads([&] { return embedding(table, id, 0); }, {table});
  check_same_bits_with_any_threads([&] { return embedding(table, id); }, {table});
  check_accumulation([&] { return embedding(small, ids({1, 4, 1, 0}), 0); }, {small});
}

}  // namespace
}  // namespace mini_bert::testing
