#include "mini_bert/nn/initial_values.h"

#include <thread>

#include "mini_bert/autograd/ops/cross_entropy.h"
#include "mini_bert/autograd/tape.h"
#include "mini_bert/nn/adamw.h"
#include "mini_bert/nn/embedding.h"
#include "mini_bert/nn/layer_norm.h"
#include "mini_bert/nn/linear.h"
#include "tests/catch.h"
#include "tests/nn/nn_testing.h"

using namespace mini_bert;

namespace {

// What f returns in a new thread, where no parameter has been made yet.
template <class F>
std::vector<Tensor> in_new_thread(F f) {
  std::vector<Tensor> result;
  std::thread([&] { result = f(); }).join();
  return result;
}

struct Xor : Module {
  Xor() {
    register_module("hidden", hidden);
    register_module("output", output);
  }
  Var logits(const Var& x) const { return output.forward(activated(hidden.forward(x), Activation::relu)); }

  Linear hidden{2, 8}, output{8, 2};
};

double deviation_of(const Tensor& x) {
  double squares = 0;
  const Tensor values = x.to(DType::f64);
  for (const double value : values.values<double>()) squares += value * value;
  return std::sqrt(squares / static_cast<double>(x.size()));
}

}  // namespace

TEST_CASE("initial values: two new linear layers learn XOR") {
  const Var x(Tensor::from(std::vector<float>{0, 0, 0, 1, 1, 0, 1, 1}, {4, 2}));
  const Tensor labels = Tensor::from(std::vector<std::int32_t>{0, 1, 1, 0});
  Xor model;
  AdamW optimizer(model.parameters(), {});
  double loss = 1;
  for (int step = 0; step < 500; ++step) {
    Tape tape;
    const Var mean = cross_entropy(model.logits(x), labels, 4);
    loss = mean.value().item();
    tape.backward(mean);
    optimizer.step(0.03);
    model.clear_grads();
  }
  CHECK(loss < 0.01);
  const Tensor logits = model.logits(x).value();
  for (Index i = 0; i < 4; ++i) {
    const float* const z = logits.data<float>() + 2 * i;
    CHECK((z[1] > z[0]) == (labels.data<std::int32_t>()[i] == 1));
  }
}

TEST_CASE("initial values: a matrix fills ±√(6/(in+out)) evenly, a table N(0, 0.02²); 1 and 0 elsewhere") {
  const Linear linear(300, 100);
  const Tensor weight = linear.parameters()[0].value();
  const double limit = std::sqrt(6.0 / 400);
  float largest = 0;
  for (const float w : weight.values<float>()) largest = std::max(largest, std::abs(w));
  CHECK(static_cast<double>(largest) <= limit);
  CHECK(static_cast<double>(largest) > 0.999 * limit);
  CHECK(deviation_of(weight) == Approx(limit / std::sqrt(3)).epsilon(0.02));
  CHECK(test::same_bits(linear.parameters()[1].value(), Tensor::zeros({100})));

  const Embedding embedding(200, 100, 3);
  const Tensor table = embedding.weight().value();
  CHECK(deviation_of(table) == Approx(0.02).epsilon(0.02));
  CHECK(test::same_bits(table.rows(3, 4), Tensor::zeros({1, 100})));
  CHECK(deviation_of(table.rows(0, 1)) > 0.01);

  const LayerNorm norm(7, 1e-5, DType::f64);
  CHECK(test::same_bits(norm.parameters()[0].value(), Tensor::full({7}, 1, DType::f64)));
  CHECK(test::same_bits(norm.parameters()[1].value(), Tensor::zeros({7}, DType::f64)));
}

TEST_CASE("initial values: layers of one shape begin differently, a program that runs again begins the same",
          "[threads]") {
  const auto two = [] {
    const Linear a(5, 4), b(5, 4);
    return std::vector{a.parameters()[0].value(), b.parameters()[0].value()};
  };
  const std::vector<Tensor> first = in_new_thread(two), again = in_new_thread(two);
  CHECK(test::same_bits(first, again));
  CHECK_FALSE(test::same_bits(first[0], first[1]));
}

TEST_CASE("initial values: initialize() depends on its seed alone, and can be of some parameters alone") {
  Xor first, second;
  first.initialize(3);
  test::randomize(second, 9);
  second.initialize(3);
  CHECK(test::same_bits(test::values_of(first.parameters()), test::values_of(second.parameters())));
  second.initialize(4);
  CHECK_FALSE(test::same_bits(second.parameters()[0].value(), first.parameters()[0].value()));
  const std::vector<Tensor> before = test::values_of(second.parameters());
  const std::vector<std::string> some = {"output.weight"};
  second.initialize(3, std::nullopt, some);
  for (std::size_t i = 0; i < before.size(); ++i) {
    const Parameter parameter = second.parameters()[i];
    INFO(parameter.path);
    CHECK(test::same_bits(parameter.value(), i == 2 ? first.parameters()[2].value() : before[i]));
  }
  second.initialize(3, 0.5);
  CHECK(deviation_of(second.parameters()[2].value()) == Approx(0.5).epsilon(0.5));
}

TEST_CASE("initial values: none are drawn while a NoInitialValues lives, on its thread", "[threads]") {
  const auto drawn_after = [](bool skip) {
    return in_new_thread([skip] {
      if (skip) {
        const NoInitialValues outer;
        const NoInitialValues inner;
        const Linear ignored(30, 40);
      }
      const Linear drawn(5, 4);
      return test::values_of(drawn.parameters());
    });
  };
  CHECK(test::same_bits(drawn_after(true), drawn_after(false)));
}
