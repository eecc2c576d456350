#include "mini_bert/nn/module.h"

#include "mini_bert/nn/layer_norm.h"
#include "mini_bert/nn/linear.h"
#include "tests/catch.h"
#include "tests/nn/nn_testing.h"

using namespace mini_bert;
using Names = std::vector<std::string>;

namespace {

class Block : public Module {
 public:
  Block() : dense_(3, 2, DType::f32), norm_(2, 1e-5, DType::f32) {
    register_module("dense", dense_, {.depth = 7});
    register_module("", norm_);  // its parameters are ours
    gain_ = register_parameter("gain", Role::scale, {5}, DType::f32, {.row_per_token = true}).var();
  }

 private:
  Linear dense_;
  LayerNorm norm_;
  Var gain_;
};

class Outer : public Module {
 public:
  Outer() { register_module("layer.0", block_, {.depth = 1, .of_head = true}); }

 private:
  Block block_;
};

}  // namespace

TEST_CASE("module: names are joined, one's own parameters come first") {
  CHECK(test::paths_of(Outer().parameters()) ==
        Names{"layer.0.gain", "layer.0.dense.weight", "layer.0.dense.bias", "layer.0.scale", "layer.0.shift"});
}

TEST_CASE("module: parameters know their role and their place; a depth that is set further inside wins") {
  const std::vector<Parameter> parameters = Outer().parameters();
  const std::vector<Role> roles = {Role::scale, Role::matrix, Role::bias, Role::scale, Role::shift};
  const std::vector<Index> depths = {1, 7, 7, 1, 1};
  REQUIRE(parameters.size() == 5);
  for (std::size_t i = 0; i < 5; ++i) {
    INFO(parameters[i].path);
    CHECK(parameters[i].role == roles[i]);
    CHECK(parameters[i].depth() == depths[i]);
    CHECK(parameters[i].place.of_head);
    CHECK(parameters[i].place.row_per_token == (i == 0));
    CHECK(parameters[i].decays() == (i == 1));
  }
}

TEST_CASE("module: parameter_count") {
  CHECK(Outer().parameter_count() == 5 + (6 + 2) + (2 + 2));
  CHECK(Linear(7, 3, DType::f64).parameter_count() == 24);
}

TEST_CASE("module: parameters want gradients; clear_grads forgets those of every depth") {
  Outer outer;
  for (const Parameter& parameter : outer.parameters()) {
    REQUIRE(parameter.var().requires_grad());
    parameter.var().grad_to_accumulate()->fill(1);
  }
  CHECK(outer.parameters().back().grad().defined());
  outer.clear_grads();
  for (const Parameter& parameter : outer.parameters()) CHECK_FALSE(parameter.grad().defined());
}

TEST_CASE("module: parameters have the element type they were made with") {
  for (const Parameter& parameter : Linear(2, 3, DType::f64).parameters())
    CHECK(parameter.value().dtype() == DType::f64);
}
