#include "mini_bert/autograd/ops/binary_cross_entropy.h"

#include "tests/autograd/op_testing.h"

namespace mini_bert::testing {
namespace {

// 0, 1 and what lies between.
Tensor some_targets(const Shape& shape, DType dtype) {
  std::vector<double> targets;
  for (Index i = 0; i < shape.size(); ++i) targets.push_back(i % 3 == 2 ? 0.25 : static_cast<double>(i % 3));
  return Tensor::from(targets, shape).to(dtype);
}

TEST_CASE("binary_cross_entropy is −Σ t·log σ(z) + (1−t)·log(1−σ(z)) over the divisor", "[binary_cross_entropy]") {
  for (const DType dtype : {DType::f32, DType::f64}) {
    for (const Shape& shape : shapes) {
      for (const double divisor : {1.0, 3.5}) {
        const Var logits = random_var(shape, dtype);
        const Tensor targets = some_targets(shape, dtype);
        const std::vector<double> z = doubles(logits.value()), t = doubles(targets);
        double expected = 0;
        for (std::size_t i = 0; i < z.size(); ++i) {
          const double p = 1 / (1 + std::exp(-z[i]));
          expected -= t[i] * std::log(p) + (1 - t[i]) * std::log(1 - p);
        }
        CAPTURE(name_of(dtype), shape[0], shape[1], divisor);
        CHECK(difference(binary_cross_entropy(logits, targets, divisor).value(), {expected / divisor}) <
              tolerance(dtype));
      }
    }
  }
}

TEST_CASE("binary_cross_entropy of very large logits is finite", "[binary_cross_entropy]") {
  for (const DType dtype : {DType::f32, DType::f64}) {
    const Var logits(Tensor::from(std::vector<double>{1e4, 1e4, -1e4, -1e4, 0}).to(dtype), true);
    const Tensor targets = Tensor::from(std::vector<double>{1, 0, 0, 1, 0.5}).to(dtype);
    Tape tape;
    const Var loss = binary_cross_entropy(logits, targets, 1);
    CHECK(std::abs(loss.value().item() - (2e4 + std::log(2))) < 0.01);
    tape.backward(loss);
    CHECK(difference(logits.grad(), {0, 1, 0, -1, 0}) < 1e-6);
  }
}

TEST_CASE("binary_cross_entropy refuses targets and shapes that do not fit", "[binary_cross_entropy]") {
  const Var logits = random_var({2, 3});
  const Tensor targets = Tensor::zeros({2, 3}, DType::f64);
  CHECK_THROWS_WITH(
      binary_cross_entropy(logits, Tensor::zeros({3, 2}, DType::f64), 1),
      ContainsSubstring("binary_cross_entropy: targets must be f64 [2,3] like the logits, got f64 [3,2]"));
  CHECK_THROWS_WITH(binary_cross_entropy(logits, Tensor::zeros({2, 3}), 1), ContainsSubstring("got f32 [2,3]"));
  CHECK_THROWS_WITH(binary_cross_entropy(logits, Tensor::full({2, 3}, 1.5, DType::f64), 1),
                    ContainsSubstring("a target must be in 0..1, got 1.5"));
  CHECK_THROWS_WITH(binary_cross_entropy(logits, Tensor::full({2, 3}, std::nan(""), DType::f64), 1),
                    ContainsSubstring("got nan"));
  CHECK_THROWS_WITH(binary_cross_entropy(logits, targets, 0), ContainsSubstring("divisor must be above 0, got 0"));
}

TEST_CASE("binary_cross_entropy gradients", "[binary_cross_entropy]") {
  for (const Shape& shape : shapes) {
    const Var logits = random_var(shape);
    const Tensor targets = some_targets(shape, DType::f64);
    CAPTURE(shape[0], shape[1]);
    check_gradients([&] { return binary_cross_entropy(logits, targets, 3.5); }, {logits});
  }
}

TEST_CASE("binary_cross_entropy: threads and accumulation", "[binary_cross_entropy]") {
  const Var logits = random_var({67, 129}, DType::f32);
  const Tensor targets = some_targets({67, 129}, DType::f32);
  check_same_bits_with_any_threads([&] { return binary_cross_entropy(logits, targets, 40); }, {logits});
  check_accumulation([&] { return binary_cross_entropy(logits, targets, 40); }, {logits});
}

}  // namespace
}  // namespace mini_bert::testing
