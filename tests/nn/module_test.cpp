#include "nn/module.h"

#include "nn/layer_norm.h"
#include "nn/linear.h"
#include "tests/catch.h"
#include "tests/nn/nn_testing.h"

using namespace mini_bert;
using Names = std::vector<std::string>;

namespace {

class Fused : public Module {
 public:
  Fused() : weight_(Tensor::zeros({6, 2}), true) {
    register_rows("first", weight_, 0, 2);
    register_rows("second", weight_, 2, 6);
  }
  const Var& whole() const { return weight_; }

 private:
  Var weight_;
};

class Block : public Module {
 public:
  Block() : dense_(3, 2, DType::f32), norm_(2, 1e-5, DType::f32) {
    register_module("dense", dense_);
    register_module("", norm_);  // its parameters are ours
    register_module("fused.rows", fused_);
    scale_ = register_parameter("scale", {5}, DType::f32);
  }
  const Fused& fused() const { return fused_; }

 private:
  Linear dense_;
  LayerNorm norm_;
  Fused fused_;
  Var scale_;
};

class Outer : public Module {
 public:
  Outer() { register_module("layer.0", block_); }

 private:
  Block block_;
};

}  // namespace

TEST_CASE("module: names are joined, one's own parameters come first") {
  CHECK(test::names_of(Outer().parameters()) == Names{"layer.0.scale", "layer.0.dense.weight", "layer.0.dense.bias",
                                                      "layer.0.weight", "layer.0.bias", "layer.0.fused.rows.first",
                                                      "layer.0.fused.rows.second"});
}

TEST_CASE("module: parameter_count counts fused rows once") {
  CHECK(Outer().parameter_count() == 5 + (6 + 2) + (2 + 2) + 12);
  CHECK(Linear(7, 3, DType::f64).parameter_count() == 24);
}

TEST_CASE("module: fused rows share value and gradient with the whole") {
  const Fused fused;
  const std::vector<Parameter> parts = fused.parameters();
  REQUIRE(parts.size() == 2);
  CHECK(parts[0].value().shape() == Shape{2, 2});
  CHECK(parts[1].value().shape() == Shape{4, 2});
  CHECK(parts[1].value().raw() == fused.whole().value().rows(2, 6).raw());

  Tensor second = parts[1].value();
  second.fill(3);
  const std::vector<float> expected = {0, 0, 0, 0, 3, 3, 3, 3, 3, 3, 3, 3};
  CHECK(test::same_bits(fused.whole().value(), Tensor::from(expected, {6, 2})));

  CHECK_FALSE(parts[0].grad().defined());
  fused.whole().grad_to_accumulate()->rows(0, 2).fill(7);
  CHECK(test::same_bits(parts[0].grad(), Tensor::full({2, 2}, 7)));
  CHECK(test::same_bits(parts[1].grad(), Tensor::zeros({4, 2})));
}

TEST_CASE("module: parameters want gradients; clear_grads forgets those of every depth") {
  Outer outer;
  for (const Parameter& parameter : outer.parameters()) {
    REQUIRE(parameter.var.requires_grad());
    parameter.var.grad_to_accumulate()->fill(1);
  }
  CHECK(outer.parameters().back().grad().defined());
  outer.clear_grads();
  for (const Parameter& parameter : outer.parameters()) CHECK_FALSE(parameter.grad().defined());
}

TEST_CASE("module: parameters have the element type they were made with") {
  for (const Parameter& parameter : Linear(2, 3, DType::f64).parameters())
    CHECK(parameter.value().dtype() == DType::f64);
}
