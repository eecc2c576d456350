#include "mini_bert/autograd/ops/dropout.h"

#include "tests/autograd/op_testing.h"

namespace mini_bert::testing {
namespace {

constexpr RandomKey key = {.seed = 42, .step = 3, .stream = 17};

TEST_CASE("dropout keeps x/(1−p) where the draw is at least p", "[dropout]") {
  for (const DType dtype : {DType::f32, DType::f64}) {
    for (const Shape& shape : shapes) {
      for (const double p : {0.1, 0.5, 0.9}) {
        const Var x = random_var(shape, dtype);
        std::vector<double> expected = doubles(x.value());
        for (Index i = 0; i < shape.size(); ++i) {
          expected[i] = uniform(key, i) < static_cast<float>(p) ? 0 : expected[i] / (1 - p);
        }
        CAPTURE(name_of(dtype), shape.rows(), shape.cols(), p);
        CHECK(difference(dropout(x, p, key).value(), expected) < tolerance(dtype));
      }
    }
  }
}

TEST_CASE("dropout with p = 0 is x itself", "[dropout]") {
  const Var x = random_var({3, 5});
  Tape tape;
  CHECK(dropout(x, 0, key).value().raw() == x.value().raw());
  CHECK(tape.size() == 0);
}

TEST_CASE("dropout drops a fraction p and keeps the mean", "[dropout]") {
  const Var ones(Tensor::full({100'000}, 1));
  for (const double p : {0.1, 0.5}) {
    double dropped = 0, sum = 0;
    for (const double y : doubles(dropout(ones, p, key).value())) {
      dropped += y == 0;
      sum += y;
    }
    const double n = 100'000, deviation = std::sqrt(n * p * (1 - p));  // of the number dropped
    CHECK(std::abs(dropped - n * p) < 5 * deviation);
    CHECK(std::abs(sum - n) < 5 * deviation / (1 - p));
  }
}

TEST_CASE("the mask depends on the key alone", "[dropout]") {
  const Var x(Tensor::full({64, 64}, 1));
  const Tensor y = dropout(x, 0.5, key).value();
  CHECK(same_bits(dropout(x, 0.5, key).value(), y));
  for (const RandomKey& other : {RandomKey{43, 3, 17}, RandomKey{42, 4, 17}, RandomKey{42, 3, 18}}) {
    CHECK_FALSE(same_bits(dropout(x, 0.5, other).value(), y));
  }
}

TEST_CASE("the gradient passes where the value did", "[dropout]") {
  const Var x = random_var({5, 33});
  Tape tape;
  const Var y = dropout(x, 0.5, key);
  tape.backward(y, Tensor::full(y.shape(), 1, DType::f64));
  std::vector<double> expected;
  for (const double value : doubles(y.value())) expected.push_back(value == 0 ? 0 : 2);
  CHECK(difference(x.grad(), expected) == 0);
}

TEST_CASE("dropout refuses what is no probability below 1", "[dropout]") {
  const Var x = random_var({3});
  CHECK_THROWS_WITH(dropout(x, 1, key), ContainsSubstring("dropout: p must be at least 0 and below 1, got 1"));
  CHECK_THROWS_AS(dropout(x, -0.1, key), Error);
  CHECK_THROWS_AS(dropout(x, std::nan(""), key), Error);
}

TEST_CASE("dropout gradients", "[dropout]") {
  for (const Shape& shape : shapes) {
    for (const double p : {0.1, 0.4}) {
      const Var x = random_var(shape);
      CAPTURE(shape.rows(), shape.cols(), p);
      check_gradients([&] { return dropout(x, p, key); }, {x});
    }
  }
}

TEST_CASE("dropout: threads and accumulation", "[dropout]") {
  const Var x = random_var({67, 129}, DType::f32);
  check_same_bits_with_any_threads([&] { return dropout(x, 0.1, key); }, {x});
  check_accumulation([&] { return dropout(x, 0.1, key); }, {x});
}

}  // namespace
}  // namespace mini_bert::testing
