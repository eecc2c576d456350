// The modules around one operation each: they must call it with their own parameters, and nothing else. What the
// operations compute is tested in tests/autograd/ops.
#include "mini_bert/autograd/tape.h"
#include "mini_bert/nn/dropout.h"
#include "mini_bert/nn/embedding.h"
#include "mini_bert/nn/layer_norm.h"
#include "mini_bert/nn/linear.h"
#include "tests/catch.h"
#include "tests/nn/nn_testing.h"

using namespace mini_bert;
using Names = std::vector<std::string>;

TEST_CASE("linear module: y = x·Wᵀ + b with its weight and bias") {
  const Linear module(5, 3, DType::f64);
  CHECK(test::paths_of(module.parameters()) == Names{"weight", "bias"});
  CHECK(module.parameters()[0].value().shape() == Shape{3, 5});
  CHECK(module.parameters()[1].value().shape() == Shape{3});
  test::randomize(module, 1);
  const Var x(test::normal({4, 5}, DType::f64, 2));
  const Var expected = linear(x, module.parameters()[0].var(), module.parameters()[1].var());
  CHECK(test::same_bits(module.forward(x).value(), expected.value()));
}

TEST_CASE("layer_norm module: scale is γ, shift is β, ε is the given one") {
  const double eps = 0.25;  // large enough to show
  const LayerNorm module(5, eps, DType::f64);
  CHECK(test::paths_of(module.parameters()) == Names{"scale", "shift"});
  test::randomize(module, 1);
  const Var x(test::normal({4, 5}, DType::f64, 2));
  const Var gamma = module.parameters()[0].var(), beta = module.parameters()[1].var();
  CHECK(test::same_bits(module.forward(x).value(), layer_norm(x, gamma, beta, eps).value()));
  CHECK(test::relative_error(module.forward(x).value(), layer_norm(x, gamma, beta, 1e-12).value()) > 1e-3);
}

TEST_CASE("embedding module: rows of its table; the padding row learns nothing from look-ups") {
  const Tensor ids = Tensor::from(std::vector<std::int32_t>{2, 1, 2, 0});
  for (const Index padding : {Index{-1}, Index{2}}) {
    const Embedding module(4, 3, padding, DType::f32);
    CHECK(test::paths_of(module.parameters()) == Names{"weight"});
    CHECK(module.weight().value().raw() == module.parameters()[0].value().raw());
    test::randomize(module, 1);
    Tape tape;
    const Var y = module.forward(ids);
    CHECK(test::same_bits(y.value(), embedding(module.weight(), ids, padding).value()));
    CHECK(test::same_bits(y.value().rows(0, 1), module.weight().value().rows(2, 3)));
    tape.backward(y, Tensor::full({4, 3}, 1));
    const Tensor& gradient = module.weight().grad();
    CHECK(test::same_bits(gradient.rows(0, 2), Tensor::full({2, 3}, 1)));
    CHECK(test::same_bits(gradient.rows(2, 3), Tensor::full({1, 3}, padding == 2 ? 0 : 2)));
    CHECK(test::same_bits(gradient.rows(3, 4), Tensor::zeros({1, 3})));
  }
}

TEST_CASE("dropout module: inference returns x itself and spends no stream") {
  const Dropout module(0.5);
  const Var x(test::normal({8, 8}, DType::f32, 1));
  Mode mode = Mode::inference();
  CHECK_FALSE(mode.is_training());
  CHECK(Var(module.forward(x, mode)).value().raw() == x.value().raw());
  CHECK(mode.next_key().stream == Mode::inference().next_key().stream);
}

TEST_CASE("dropout module: training drops with the given probability, seed and step") {
  const Dropout module(0.25);
  const Var ones(Tensor::full({100, 100}, 1));
  Mode mode = Mode::training(7, 3);
  REQUIRE(mode.is_training());
  const Tensor y = Var(module.forward(ones, mode)).value();
  Mode same = Mode::training(7, 3);
  CHECK(test::same_bits(y, dropout(ones, 0.25, same.next_key()).value()));
  const auto values = y.values<float>();
  const auto dropped = std::ranges::count(values, 0.0f);
  CHECK(dropped + std::ranges::count(values, 1 / 0.75f) == 10000);
  CHECK(std::abs(static_cast<double>(dropped) - 2500) < 130);  // three standard deviations of a binomial
}

TEST_CASE("dropout module: every site, step and seed has a stream of its own") {
  const Dropout module(0.5);
  const Var ones(Tensor::full({1000}, 1));
  Mode mode = Mode::training(7, 3);
  std::vector<Tensor> masks;
  for (int site = 0; site < 4; ++site) masks.push_back(Var(module.forward(ones, mode)).value());
  for (Mode other : {Mode::training(7, 4), Mode::training(8, 3)})
    masks.push_back(Var(module.forward(ones, other)).value());
  for (std::size_t i = 0; i < masks.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      Index equal = 0;
      for (Index k = 0; k < 1000; ++k) equal += masks[i].data<float>()[k] == masks[j].data<float>()[k];
      INFO("masks " << i << " and " << j);
      CHECK(std::abs(static_cast<double>(equal) - 500) < 65);  // independent: half agree, within four deviations
    }
  }
  Mode again = Mode::training(7, 3);
  for (int site = 0; site < 4; ++site) {
    CHECK(test::same_bits(Var(module.forward(ones, again)).value(), masks[static_cast<std::size_t>(site)]));
  }
}

TEST_CASE("layer_norm module: the norm of x + dropout(h) is one operation with the bits of add_layer_norm") {
  const LayerNorm norm(5, 0.25, DType::f64);
  const Dropout dropped(0.5);
  test::randomize(norm, 1);
  const Var x(test::normal({4, 5}, DType::f64, 2), true), h(test::normal({4, 5}, DType::f64, 3), true);
  const Var gamma = norm.parameters()[0].var(), beta = norm.parameters()[1].var();
  Tape tape;
  Mode mode = Mode::training(7, 3), keys = Mode::training(7, 3);
  const Var fused = norm.forward(x + dropped.forward(h, mode));
  CHECK(tape.size() == 1);
  CHECK(test::same_bits(fused.value(), add_layer_norm(x, h, 0.5, keys.next_key(), gamma, beta, 0.25).value()));
  Mode again = Mode::training(7, 3);
  const Var sum = x + dropped.forward(h, again);
  CHECK(test::relative_error(fused.value(), norm.forward(sum).value()) < 1e-14);
  Mode inference = Mode::inference();
  CHECK(test::same_bits(norm.forward(x + dropped.forward(h, inference)).value(),
                        add_layer_norm(x, h, 0, {}, gamma, beta, 0.25).value()));
}

TEST_CASE("linear module: of an activation it is one operation with the bits of activated_linear") {
  const Linear module(5, 3, DType::f64);
  test::randomize(module, 1);
  const Var x(test::normal({4, 5}, DType::f64, 2), true);
  const Weight weight = module.parameters()[0].weight;
  const Var bias = module.parameters()[1].var();
  Tape tape;
  const Var fused = module.forward(activated(x, Activation::gelu));
  CHECK(tape.size() == 1);
  CHECK(test::same_bits(fused.value(), activated_linear(x, Activation::gelu, weight, bias).value()));
  const Var phi = activated(x, Activation::gelu);
  CHECK(test::relative_error(fused.value(), module.forward(phi).value()) < 1e-14);
}
