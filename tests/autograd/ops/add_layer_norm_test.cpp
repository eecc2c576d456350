#include "mini_bert/autograd/ops/add_layer_norm.h"

#include "mini_bert/autograd/ops/add.h"
#include "mini_bert/autograd/ops/dropout.h"
#include "mini_bert/autograd/ops/layer_norm.h"
#include "tests/autograd/op_testing.h"

namespace mini_bert::testing {
namespace add_layer_norm_test {

constexpr double eps = 1e-12;
constexpr RandomKey key = {.seed = 5, .step = 6, .stream = 7};

struct Inputs {
  explicit Inputs(const Shape& shape, DType dtype = DType::f64)
      : residual(random_var(shape, dtype, 0)),
        h(random_var(shape, dtype, 1)),
        gamma(random_var({shape.cols()}, dtype, 2)),
        beta(random_var({shape.cols()}, dtype, 3)) {}

  Op fused(double p) const {
    return [*this, p] { return add_layer_norm(residual, h, p, key, gamma, beta, eps); };
  }
  Op composed(double p) const {
    return [*this, p] { return layer_norm(add(residual, dropout(h, p, key)), gamma, beta, eps); };
  }
  std::vector<Var> vars() const { return {residual, h, gamma, beta}; }

  Var residual, h, gamma, beta;
};

TEST_CASE("add_layer_norm is layer_norm of a sum with dropout", "[add_layer_norm]") {
  for (const DType dtype : {DType::f32, DType::f64}) {
    for (const Shape& shape : {Shape{1, 3}, Shape{7, 9}, Shape{3, 33}, Shape{33, 5}, Shape{2, 65}, Shape{65, 7},
                               Shape{8, 16}, Shape{1, 129}, Shape{3, 768}, Shape{40, 1031}}) {
      for (const double p : {0.0, 0.1, 0.5}) {
        const Inputs in(shape, dtype);
        const std::vector<Tensor> fused = run(in.fused(p), in.vars()), composed = run(in.composed(p), in.vars());
        for (std::size_t i = 0; i < fused.size(); ++i) {
          CAPTURE(name_of(dtype), shape.rows(), shape.cols(), p, i);  // 0 is the output, the others are gradients
          CHECK(difference(fused[i], doubles(composed[i])) < 10 * tolerance(dtype));
        }
      }
    }
  }
}

TEST_CASE("add_layer_norm of a Var with itself", "[add_layer_norm]") {
  for (const DType dtype : {DType::f32, DType::f64}) {
    const Inputs in({5, 33}, dtype);
    const auto fused = run([&] { return add_layer_norm(in.h, in.h, 0.3, key, in.gamma, in.beta, eps); }, {in.h});
    const auto composed =
        run([&] { return layer_norm(add(in.h, dropout(in.h, 0.3, key)), in.gamma, in.beta, eps); }, {in.h});
    CHECK(difference(fused[1], doubles(composed[1])) < 10 * tolerance(dtype));
  }
}

TEST_CASE("add_layer_norm of numbers that are none", "[add_layer_norm]") {
  const Inputs in({3, 40}, DType::f32);
  Tensor h = in.h.value();
  h.values<float>()[50] = std::numeric_limits<float>::quiet_NaN();
  const std::vector<double> y = doubles(add_layer_norm(in.residual, in.h, 0, key, in.gamma, in.beta, eps).value());
  for (std::size_t i = 0; i < y.size(); ++i) CHECK(std::isnan(y[i]) == (i / 40 == 1));
}

TEST_CASE("add_layer_norm refuses extents that do not fit", "[add_layer_norm]") {
  const Inputs in({4, 6});
  const Var five = random_var({5}), other = random_var({4, 5});
  const auto fails_with = [](const Op& f, const std::string& message) {
    CHECK_THROWS_WITH(f(), ContainsSubstring("add_layer_norm: " + message));
  };
  fails_with([&] { return add_layer_norm(other, in.h, 0, key, in.gamma, in.beta, eps); },
             "residual must be [4,6] like h, got [4,5]");
  fails_with([&] { return add_layer_norm(in.residual, in.h, 0, key, five, in.beta, eps); },
             "gamma must be [6], got [5] (h is [4,6])");
  fails_with([&] { return add_layer_norm(in.residual, in.h, 0, key, in.gamma, five, eps); },
             "beta must be [6], got [5] (h is [4,6])");
  fails_with([&] { return add_layer_norm(in.gamma, in.gamma, 0, key, in.gamma, in.beta, eps); },
             "h must be [T,H], got [6]");
  fails_with([&] { return add_layer_norm(in.residual, in.h, 1, key, in.gamma, in.beta, eps); },
             "p must be at least 0 and below 1, got 1");
}

TEST_CASE("add_layer_norm gradients", "[add_layer_norm]") {
  for (const Shape& shape : {Shape{1, 3}, Shape{7, 3}, Shape{3, 5}, Shape{1, 7}, Shape{3, 33}, Shape{2, 65},
                             Shape{65, 4}, Shape{5, 13}, Shape{1, 129}}) {
    for (const double p : {0.0, 0.4}) {
      const Inputs in(shape);
      CAPTURE(shape.rows(), shape.cols(), p);
      check_gradients(in.fused(p), in.vars());
    }
  }
}

TEST_CASE("add_layer_norm: threads and accumulation", "[add_layer_norm]") {
  const Inputs in({67, 129}, DType::f32);
  for (const double p : {0.0, 0.1}) {
    check_same_bits_with_any_threads(in.fused(p), in.vars());
    check_accumulation(in.fused(p), in.vars());
  }
}

}  // namespace add_layer_norm_test
}  // namespace mini_bert::testing
