#include "mini_bert/nn/clip_grad.h"

#include <limits>

#include "mini_bert/nn/self_attention.h"
#include "tests/catch.h"
#include "tests/nn/nn_testing.h"

using namespace mini_bert;

TEST_CASE("clip_grad: the norm is that of all gradients as one vector") {
  const Var a(Tensor::zeros({2}), true), b(Tensor::zeros({1, 2}), true), none(Tensor::zeros({3}), true);
  const std::vector<Parameter> parameters = {{"a", Role::bias, a}, {"b", Role::matrix, b}, {"none", Role::bias, none}};
  CHECK(gradient_norm(parameters) == 0);  // no gradient at all
  a.grad_to_accumulate()->copy_from(Tensor::from(std::vector<float>{1, -2}));
  b.grad_to_accumulate()->copy_from(Tensor::from(std::vector<float>{-2, 4}, {1, 2}));
  CHECK(gradient_norm(parameters) == 5);
}

TEST_CASE("clip_grad: the norm of a module's gradients, in both element types") {
  for (const DType dtype : {DType::f32, DType::f64}) {
    const SelfAttention module(4, 2, 0, dtype);
    double sum = 0;
    std::uint64_t seed = 0;
    for (const Parameter& parameter : module.parameters()) {
      const Tensor gradient = test::normal(parameter.var().shape(), dtype, seed++);
      parameter.var().grad_to_accumulate()->copy_from(gradient);
      const Tensor in_double = gradient.to(DType::f64);
      for (const double g : in_double.values<double>()) sum += g * g;
    }
    CHECK(gradient_norm(module.parameters()) == Approx(std::sqrt(sum)).epsilon(1e-14));
  }
}

TEST_CASE("clip_grad: the norm of large and small floats neither overflows nor vanishes") {
  for (const float size : {1e30f, 1e-30f}) {
    const Var a(Tensor::zeros({4}), true);
    a.grad_to_accumulate()->fill(size);
    CHECK(gradient_norm({{"a", Role::bias, a}}) == Approx(2.0 * static_cast<double>(size)));
  }
}

TEST_CASE("clip_grad: what is not finite shows in the norm") {
  const Var a(Tensor::zeros({2}), true);
  a.grad_to_accumulate()->copy_from(Tensor::from(std::vector<float>{1, std::numeric_limits<float>::infinity()}));
  CHECK(std::isinf(gradient_norm({{"a", Role::bias, a}})));
  a.grad_to_accumulate()->copy_from(Tensor::from(std::vector<float>{1, std::numeric_limits<float>::quiet_NaN()}));
  CHECK(std::isnan(gradient_norm({{"a", Role::bias, a}})));
}

TEST_CASE("clip_grad: the scale shortens, never lengthens, and 0 means no clipping") {
  CHECK(clip_scale(4, 2) == 2 / (4 + 1e-6));
  CHECK(clip_scale(1, 2) == 1);
  CHECK(clip_scale(0, 2) == 1);
  CHECK(clip_scale(1e9, 0) == 1);
  CHECK(4 * clip_scale(4, 2) <= 2);
}
