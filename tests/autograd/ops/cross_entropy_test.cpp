#include "mini_bert/autograd/ops/cross_entropy.h"

#include "mini_bert/autograd/ops/add.h"
#include "tests/autograd/op_testing.h"

namespace mini_bert::testing {
namespace {

// Labels spread over the classes; every third row is ignored when asked for.
Tensor some_labels(Index rows, Index classes, bool ignore_some) {
  std::vector<std::int32_t> labels;
  for (Index m = 0; m < rows; ++m) {
    const bool ignored = ignore_some && m % 3 == 1;
    labels.push_back(ignored ? ignore_index : static_cast<std::int32_t>(m * 7919 % classes));
  }
  return ids(labels);
}

double expected_loss(const Tensor& logits, const Tensor& labels, double divisor) {
  const std::vector<double> z = doubles(logits);
  double loss = 0;
  for (Index m = 0; m < logits.rows(); ++m) {
    const std::int32_t label = labels.values<std::int32_t>()[m];
    if (label == ignore_index) continue;
    double sum = 0;
    for (Index v = 0; v < logits.cols(); ++v) sum += std::exp(z[m * logits.cols() + v]);
    loss -= std::log(std::exp(z[m * logits.cols() + label]) / sum);
  }
  return loss / divisor;
}

TEST_CASE("cross_entropy is −Σ log softmax of the labels over the divisor", "[cross_entropy]") {
  for (const DType dtype : {DType::f32, DType::f64}) {
    for (const Shape& shape : shapes) {
      for (const bool ignore_some : {false, true}) {
        for (const double divisor : {1.0, 3.5}) {
          const Var logits = random_var(shape, dtype);
          const Tensor labels = some_labels(shape[0], shape[1], ignore_some);
          const double expected = expected_loss(logits.value(), labels, divisor);
          CAPTURE(name_of(dtype), shape[0], shape[1], ignore_some, divisor);
          CHECK(difference(cross_entropy(logits, labels, divisor).value(), {expected}) < tolerance(dtype));
        }
      }
    }
  }
}

TEST_CASE("cross_entropy with weights of the labels is torch's", "[cross_entropy]") {
  // torch 2.13.0: CrossEntropyLoss(weight=[0.25, 1, 4], ignore_index=-100)(logits, [0, 2, -100, 1]), in double.
  const std::vector<double> values = {1, -2, 0.5, 0.25, 3, -1, 0, 0, 2, -1, 0.75, 0.5};
  const std::vector<double> gradient = {-0.018869100183398768,
                                        0.001431375598551144,
                                        0.017437724584847627,
                                        0.04500552959429351,
                                        0.70400493219647,
                                        -0.7490104617907636,
                                        0,
                                        0,
                                        0,
                                        0.016951872982309307,
                                        -0.09292489684888407,
                                        0.07597302386657477};
  for (const DType dtype : {DType::f32, DType::f64}) {
    const Var logits(Tensor::from(values, {4, 3}).to(dtype), true);
    const Tensor weights = Tensor::from(std::vector<double>{0.25, 1, 4}).to(dtype);
    Tape tape;
    const Var loss = cross_entropy(logits, ids({0, 2, ignore_index, 1}), 0.25 + 4 + 1, weights);
    CHECK(difference(loss.value(), {3.259322458176688}) < tolerance(dtype));
    tape.backward(loss);
    CHECK(difference(logits.grad(), gradient) < tolerance(dtype));
  }
}

TEST_CASE("cross_entropy with weights: of 1 they change no bit, others have the right gradients", "[cross_entropy]") {
  for (const Shape& shape : shapes) {
    const Tensor labels = some_labels(shape[0], shape[1], true);
    const Var logits = random_var(shape, DType::f32);
    const Tensor ones = Tensor::full({shape[1]}, 1);
    CHECK(cross_entropy(logits, labels, 3.5, ones).value().item() == cross_entropy(logits, labels, 3.5).value().item());
    const Var x = random_var(shape);
    Tensor weights = random_tensor({shape[1]}, DType::f64, 5);
    for (double& weight : weights.values<double>()) weight = 0.1 + std::abs(weight);
    CAPTURE(shape[0], shape[1]);
    check_gradients([&] { return cross_entropy(x, labels, 3.5, weights); }, {x});
  }
  const Var logits = random_var({3, 5});
  CHECK_THROWS_WITH(cross_entropy(logits, ids({0, 1, 2}), 1, Tensor::zeros({4}, DType::f64)),
                    ContainsSubstring("cross_entropy: weights must be f64 [5], got f64 [4] (logits are [3,5])"));
  CHECK_THROWS_WITH(cross_entropy(logits, ids({0, 1, 2}), 1, Tensor::zeros({5})), ContainsSubstring("got f32 [5]"));
}

TEST_CASE("cross_entropy of equal logits is log V, of one class 0", "[cross_entropy]") {
  const Var equal(Tensor::full({5, 33}, 12.5, DType::f64));
  CHECK(std::abs(cross_entropy(equal, some_labels(5, 33, false), 5).value().item() - std::log(33)) < 1e-14);
  CHECK(cross_entropy(random_var({4, 1}), ids({0, 0, 0, 0}), 4).value().item() == 0);
}

TEST_CASE("cross_entropy of very large logits is finite", "[cross_entropy]") {
  for (const DType dtype : {DType::f32, DType::f64}) {
    const std::vector<double> values = {1e4, 0, -1e4, -1e4, -1e4, -1e4, 1e4, 0, -1e4};
    const Var logits(Tensor::from(values, {3, 3}).to(dtype), true);
    const Tensor labels = ids({0, 1, 2});
    Tape tape;
    const Var loss = cross_entropy(logits, labels, 1);
    CHECK(std::abs(loss.value().item() - (0 + std::log(3) + 2e4)) < 0.01);
    tape.backward(loss);
    const double third = 1.0 / 3;
    CHECK(difference(logits.grad(), {0, 0, 0, third, third - 1, third, 1, 0, -1}) < 1e-3);
  }
}

TEST_CASE("ignored rows get no gradient, and a loss without rows is 0", "[cross_entropy]") {
  const Var logits = random_var({3, 5});
  Tape tape;
  tape.backward(cross_entropy(logits, ids({ignore_index, 2, ignore_index}), 1));
  const std::vector<double> dlogits = doubles(logits.grad());
  for (int i = 0; i < 5; ++i) {
    CHECK(dlogits[i] == 0);
    CHECK(dlogits[5 + i] != 0);
    CHECK(dlogits[10 + i] == 0);
  }
  CHECK(cross_entropy(logits, ids({ignore_index, ignore_index, ignore_index}), 1).value().item() == 0);
  CHECK(cross_entropy(random_var({0, 5}), ids({}), 1).value().item() == 0);
}

TEST_CASE("what an ignored row holds does not matter", "[cross_entropy]") {
  const Var logits = random_var({2, 3});
  Tensor values = logits.value();
  values.data<double>()[1] = std::nan("");
  Tape tape;
  const Var loss = cross_entropy(logits, ids({ignore_index, 1}), 1);
  CHECK(all_finite(loss.value()));
  tape.backward(loss);
  CHECK(all_finite(logits.grad()));
}

TEST_CASE("cross_entropy refuses labels and shapes that do not fit", "[cross_entropy]") {
  const Var logits = random_var({3, 5});
  CHECK_THROWS_WITH(cross_entropy(logits, ids({0, 5, 0}), 1),
                    ContainsSubstring("cross_entropy: a label must be in 0..4 or -100, got 5"));
  CHECK_THROWS_WITH(cross_entropy(logits, ids({0, -1, 0}), 1), ContainsSubstring("got -1"));
  CHECK_THROWS_WITH(cross_entropy(logits, ids({0, 1}), 1),
                    ContainsSubstring("labels must be i32 [3], got i32 [2] (logits are [3,5])"));
  CHECK_THROWS_WITH(cross_entropy(logits, Tensor::zeros({3}), 1), ContainsSubstring("got f32 [3]"));
  CHECK_THROWS_WITH(cross_entropy(logits, ids({0, 1, 2}), 0), ContainsSubstring("divisor must be above 0, got 0"));
  CHECK_THROWS_AS(cross_entropy(logits, ids({0, 1, 2}), std::nan("")), Error);
  CHECK_THROWS_WITH(cross_entropy(random_var({3}), ids({0, 1, 2}), 1), ContainsSubstring("must be [M,V], got [3]"));
  CHECK_THROWS_AS(cross_entropy(random_var({3, 0}), ids({0, 0, 0}), 1), Error);
}

TEST_CASE("cross_entropy gradients", "[cross_entropy]") {
  for (const Shape& shape : shapes) {
    for (const bool ignore_some : {false, true}) {
      const Var logits = random_var(shape);
      const Tensor labels = some_labels(shape[0], shape[1], ignore_some);
      CAPTURE(shape[0], shape[1], ignore_some);
      check_gradients([&] { return cross_entropy(logits, labels, 3.5); }, {logits});
    }
  }
}

TEST_CASE("cross_entropy: the gradient replaces logits that nobody else holds, and no others", "[cross_entropy]") {
  for (const DType dtype : {DType::f32, DType::f64}) {
    const Shape shape{5, 67};
    const Var x = random_var(shape, dtype);
    const Tensor labels = some_labels(shape[0], shape[1], true);
    const auto gradient = [&](bool hold_logits) {
      Var(x).clear_grad();
      Tape tape;
      Var logits = add(x, x);
      const Tensor before = logits.value().clone();
      const Var loss = cross_entropy(logits, labels, 3);
      const std::byte* const memory = logits.value().raw();
      const GradientSlot slot = logits.slot();
      if (!hold_logits) logits = Var();
      tape.backward(loss);
      CHECK((slot.tensor().raw() == memory) != hold_logits);
      if (hold_logits) CHECK(same_bits(logits.value(), before));
      return x.grad().clone();
    };
    CHECK(same_bits(gradient(true), gradient(false)));
  }
}

TEST_CASE("cross_entropy: threads and accumulation", "[cross_entropy]") {
  for (const Shape& shape : {Shape{67, 129}, Shape{5, 3001}}) {
    const Var logits = random_var(shape, DType::f32);
    const Tensor labels = some_labels(shape[0], shape[1], true);
    check_same_bits_with_any_threads([&] { return cross_entropy(logits, labels, 40); }, {logits});
    check_accumulation([&] { return cross_entropy(logits, labels, 40); }, {logits});
  }
}

}  // namespace
}  // namespace mini_bert::testing
