#include "mini_bert/nn/adamw.h"

#include "mini_bert/nn/linear.h"
#include "tests/catch.h"
#include "tests/nn/nn_testing.h"

using namespace mini_bert;

namespace {

// Loshchilov & Hutter 2019, algorithm 2, one number at a time, in double.
struct ScalarAdamW {
  AdamWOptions options;
  double theta, m = 0, v = 0;
  int t = 0;

  void step(double g, double rate, double decay) {
    ++t;
    m = options.beta_1 * m + (1 - options.beta_1) * g;
    v = options.beta_2 * v + (1 - options.beta_2) * g * g;
    const double corrected_m = options.correct_bias ? m / (1 - std::pow(options.beta_1, t)) : m;
    const double corrected_v = options.correct_bias ? v / (1 - std::pow(options.beta_2, t)) : v;
    theta = theta - rate * decay * theta - rate * corrected_m / (std::sqrt(corrected_v) + options.eps);
  }
};

Tensor gradient(const Shape& shape, DType dtype, int step) {
  return test::normal(shape, dtype, 100 + static_cast<std::uint64_t>(step));
}

void set_gradients(const Module& module, int step) {
  for (const Parameter& parameter : module.parameters()) {
    parameter.var().grad_to_accumulate()->copy_from(gradient(parameter.var().shape(), parameter.var().dtype(), step));
  }
}

// The largest difference between ten steps of AdamW and of the reference.
double error_after_ten_steps(DType dtype, const AdamWOptions& options) {
  const Shape shape = {3, 70};
  const double scale = 0.5, rate = 0.05;
  const Var weight(test::normal(shape, dtype, 1), true);
  const Tensor start = weight.value().to(DType::f64);
  std::vector<ScalarAdamW> reference;
  for (const double theta : start.values<double>()) reference.push_back({options, theta});
  AdamW optimizer({{"weight", Role::matrix, weight}}, options);
  for (int step = 0; step < 10; ++step) {
    const Tensor g = gradient(shape, dtype, step);
    *weight.grad_to_accumulate() = g;
    const Tensor in_double = g.to(DType::f64);
    for (std::size_t i = 0; i < reference.size(); ++i) {
      reference[i].step(in_double.data<double>()[i] * scale, rate * (step + 1), options.weight_decay);
    }
    optimizer.step(rate * (step + 1), scale);
  }
  const Tensor trained = weight.value().to(DType::f64);
  double error = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    error = std::max(error, std::abs(trained.data<double>()[i] - reference[i].theta));
  }
  return error;
}

}  // namespace

TEST_CASE("adamw: ten steps follow a scalar reference in double") {
  const AdamWOptions plain, google{.eps = 1e-6, .weight_decay = 0.01, .correct_bias = false},
      unusual{.beta_1 = 0.8, .beta_2 = 0.95, .eps = 1e-3, .weight_decay = 0.1};
  for (const AdamWOptions& options : {plain, google, unusual}) {
    CHECK(error_after_ten_steps(DType::f64, options) < 1e-13);
    CHECK(error_after_ten_steps(DType::f32, options) < 1e-5);
  }
}

TEST_CASE("adamw: the first step has the length of the learning rate, in Google's form √10 times as much") {
  for (const bool correct_bias : {true, false}) {
    const Var weight(Tensor::zeros({1}, DType::f64), true);
    weight.grad_to_accumulate()->fill(-3);
    AdamW optimizer({{"weight", Role::matrix, weight}}, {.eps = 1e-12, .correct_bias = correct_bias});
    optimizer.step(0.01);
    // 0.1·g / √(0.001·g²) = √10 without the division by 1−β₁ and 1−β₂.
    CHECK(weight.value().item() == Approx(correct_bias ? 0.01 : 0.01 * std::sqrt(10)).epsilon(1e-9));
  }
}

TEST_CASE("adamw: matrices and tables decay, biases, scales and shifts do not") {
  // With a gradient of zero only the decay moves a weight.
  for (const Role role : {Role::matrix, Role::table, Role::bias, Role::scale, Role::shift}) {
    const Var var(Tensor::full({2}, 8, DType::f64), true);
    var.grad_to_accumulate()->fill(0);
    AdamW optimizer({{"any", role, var}}, {.weight_decay = 0.25});
    optimizer.step(0.5);
    INFO(static_cast<int>(role));
    const bool decays = role == Role::matrix || role == Role::table;
    CHECK(test::same_bits(var.value(), Tensor::full({2}, decays ? 7 : 8, DType::f64)));
  }
}

TEST_CASE("adamw: a parameter without a gradient stays, and so do its means") {
  const Var with(Tensor::full({2}, 1), true), without(Tensor::full({2}, 1), true);
  AdamW optimizer({{"with", Role::matrix, with}, {"without", Role::matrix, without}}, {.weight_decay = 0.1});
  with.grad_to_accumulate()->fill(1);
  optimizer.step(0.1);
  CHECK_FALSE(test::same_bits(with.value(), Tensor::full({2}, 1)));
  CHECK(test::same_bits(without.value(), Tensor::full({2}, 1)));
  CHECK(test::same_bits(optimizer.state()[1].m, Tensor::zeros({2})));
  CHECK(test::same_bits(optimizer.state()[1].v, Tensor::zeros({2})));
}

TEST_CASE("adamw: each parameter has its own factor on the learning rate, the decay included") {
  const Var a(Tensor::full({2}, 8, DType::f64), true), b(Tensor::full({2}, 8, DType::f64), true);
  AdamW optimizer({{"a", Role::matrix, a}, {"b", Role::matrix, b}}, {.weight_decay = 0.25}, {1, 0.5});
  for (const Var& var : {a, b}) var.grad_to_accumulate()->fill(0);
  optimizer.step(0.5);
  CHECK(test::same_bits(a.value(), Tensor::full({2}, 7, DType::f64)));
  CHECK(test::same_bits(b.value(), Tensor::full({2}, 7.5, DType::f64)));
  CHECK_THROWS_WITH(AdamW({{"a", Role::matrix, a}}, {}, {1, 1}),
                    ContainsSubstring("adamw: 2 learning-rate factors for 1 parameters"));
}

TEST_CASE("adamw: state() holds the parameters and both means") {
  Linear module(2, 1, DType::f32);
  AdamW optimizer(module.parameters(), {});
  CHECK(optimizer.steps() == 0);
  set_gradients(module, 0);
  optimizer.step(0.1);
  CHECK(optimizer.steps() == 1);
  const std::vector<AdamW::Slot>& state = optimizer.state();
  REQUIRE(state.size() == 2);
  CHECK(state[0].parameter.path == "weight");
  CHECK(state[1].parameter.path == "bias");
  const auto g = static_cast<double>(gradient({1, 2}, DType::f32, 0).data<float>()[1]);
  CHECK(state[0].m.data<float>()[1] == Approx(0.1 * g).epsilon(1e-6));
  CHECK(state[0].v.data<float>()[1] == Approx(0.001 * g * g).epsilon(1e-6));
}

TEST_CASE("adamw: a copy of weights, state and step count continues with the same bits") {
  for (const DType dtype : {DType::f32, DType::f64}) {
    const AdamWOptions options{.weight_decay = 0.01};
    Linear first(5, 4, dtype), second(5, 4, dtype);
    test::randomize(first, 1);
    test::randomize(second, 2);
    AdamW optimizer(first.parameters(), options);
    for (int step = 0; step < 5; ++step) {
      set_gradients(first, step);
      optimizer.step(0.01);
    }
    const auto copy = [](std::vector<Tensor> from, std::vector<Tensor> to) {
      REQUIRE(from.size() == to.size());
      for (std::size_t i = 0; i < from.size(); ++i) to[i].copy_from(from[i]);
    };
    const auto values = [](const Module& module) {
      std::vector<Tensor> tensors;
      for (const Parameter& parameter : module.parameters()) tensors.push_back(parameter.value());
      return tensors;
    };
    const auto means = [](const AdamW& of) {
      std::vector<Tensor> tensors;
      for (const AdamW::Slot& slot : of.state()) tensors.insert(tensors.end(), {slot.m, slot.v});
      return tensors;
    };
    AdamW resumed(second.parameters(), options);
    copy(values(first), values(second));
    copy(means(optimizer), means(resumed));
    resumed.set_steps(optimizer.steps());
    for (int step = 5; step < 10; ++step) {
      for (const Linear* module : {&first, &second}) set_gradients(*module, step);
      optimizer.step(0.01);
      resumed.step(0.01);
    }
    CHECK(test::same_bits(test::values_of(first.parameters()), test::values_of(second.parameters())));
    CHECK(test::same_bits(means(optimizer), means(resumed)));
  }
}
