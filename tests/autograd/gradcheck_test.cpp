#include "mini_bert/autograd/gradcheck.h"

#include "mini_bert/autograd/ops.h"
#include "mini_bert/tensor/eigen.h"
#include "tests/autograd/op_testing.h"

// The gradients of every operation are trusted because gradcheck accepts them, so here it has to object.
namespace mini_bert::testing {
namespace {

// y = x³ whose backward multiplies the gradient of element `wrong` by `factor`.
Var cube(const Var& x, Index wrong, double factor) {
  Tensor y(x.shape(), DType::f64);
  matrix<double>(y) = matrix<double>(x.value()).array().cube();
  return record(y, {x}, [x, wrong, factor](const Tensor& dy) {
    Tensor* const dx = x.grad_to_accumulate();
    for (Index i = 0; i < dy.size(); ++i) {
      const double value = x.value().data<double>()[i], slope = 3 * value * value;
      dx->data<double>()[i] += dy.data<double>()[i] * slope * (i == wrong ? factor : 1);
    }
  });
}

// Softmax whose backward adds Σ dy·y where it should subtract it.
Var softmax_with_wrong_sign(const Var& x) {
  const Var right = softmax(Var(x.value()));
  const Tensor y = right.value();
  return record(y, {x}, [x, y](const Tensor& dy) {
    for (Index t = 0; t < y.rows(); ++t) {
      const auto y_t = row<double>(y, t), dy_t = row<double>(dy, t);
      row<double>(*x.grad_to_accumulate(), t) += y_t * (dy_t + (dy_t * y_t).sum());
    }
  });
}

// Layer norm without the term −x̂·⟨g·x̂⟩, as if σ did not depend on x.
Var layer_norm_without_sigma(const Var& x) {
  constexpr double eps = 1e-12;
  Tensor y(x.shape(), DType::f64);
  Tensor rstd({x.shape().rows()}, DType::f64);
  for (Index t = 0; t < y.rows(); ++t) {
    const auto x_t = row<double>(std::as_const(x).value(), t);
    const double mean = x_t.mean();
    rstd.data<double>()[t] = 1 / std::sqrt((x_t - mean).square().mean() + eps);
    row<double>(y, t) = (x_t - mean) * rstd.data<double>()[t];
  }
  return record(y, {x}, [x, rstd](const Tensor& dy) {
    for (Index t = 0; t < dy.rows(); ++t) {
      const auto dy_t = row<double>(dy, t);
      row<double>(*x.grad_to_accumulate(), t) += rstd.data<double>()[t] * (dy_t - dy_t.mean());
    }
  });
}

TEST_CASE("gradcheck accepts what is right", "[gradcheck]") {
  const Var x = random_var({3, 5});
  const GradcheckResult result = gradcheck([&] { return cube(x, -1, 1); }, {x});
  CHECK(result.passed);
  CHECK(result.message.empty());
  CHECK(result.worst > 0);
  CHECK(result.worst < 1e-7);
}

TEST_CASE("gradcheck rejects wrong formulas", "[gradcheck]") {
  const Var x = random_var({3, 5});
  CHECK_FALSE(gradcheck([&] { return softmax_with_wrong_sign(x); }, {x}).passed);
  CHECK_FALSE(gradcheck([&] { return layer_norm_without_sigma(x); }, {x}).passed);
  const Var h = random_var({3, 5}, DType::f64, 1);
  const auto forgets_h = [&] {
    return record(add(x, h).value(), {x, h},
                  [x](const Tensor& dy) { matrix<double>(*x.grad_to_accumulate()) += matrix<double>(dy); });
  };
  CHECK_THAT(gradcheck(forgets_h, {x, h}).message, ContainsSubstring("input 1: the gradient is all but zero"));
}

TEST_CASE("gradcheck rejects one element off by 10⁻⁴, and says which", "[gradcheck]") {
  const Var x = random_var({3, 5});
  Tensor values = x.value();
  values.data<double>()[7] = 2;  // where the gradient is large, as the error is measured against the largest
  const GradcheckResult result = gradcheck([&] { return cube(x, 7, 1 + 1e-4); }, {x});
  CHECK_FALSE(result.passed);
  CHECK(result.worst > 1e-6);
  CHECK_THAT(result.message, ContainsSubstring("input 0 [3,5], element 7: analytic"));
}

TEST_CASE("gradcheck rejects a gradient that is not a number", "[gradcheck]") {
  const Var x = random_var({3, 5});
  CHECK_FALSE(gradcheck([&] { return cube(x, 7, std::nan("")); }, {x}).passed);
  CHECK_FALSE(gradcheck([&] { return cube(x, 7, INFINITY); }, {x}).passed);
}

TEST_CASE("gradcheck rejects a backward pass that sets instead of adding", "[gradcheck]") {
  const Var x = random_var({3, 5});
  const auto sets = [&](const Var& h) {
    return record(h.value().clone(), {h}, [h](const Tensor& dy) { h.grad_to_accumulate()->copy_from(dy); });
  };
  CHECK_FALSE(gradcheck([&] { return add(sets(x), sets(x)); }, {x}).passed);
}

TEST_CASE("gradcheck does not compare noise with noise", "[gradcheck]") {
  const Var x = random_var({4, 1});
  const GradcheckResult result = gradcheck([&] { return softmax(x); }, {x});  // always 1
  CHECK_FALSE(result.passed);
  CHECK_THAT(result.message, ContainsSubstring("input 0: the gradient is all but zero"));
}

TEST_CASE("gradcheck works in double only", "[gradcheck]") {
  const Var x = random_var({3, 5}, DType::f32);
  CHECK_THROWS_WITH(gradcheck([&] { return tanh(x); }, {x}), ContainsSubstring("must compute in f64, got f32"));
}

TEST_CASE("gradcheck leaves the inputs as they were and skips those without gradient", "[gradcheck]") {
  const Var x = random_var({3, 5}), constant(random_tensor({3, 5}));
  const Tensor before = x.value().clone();
  CHECK(gradcheck([&] { return add(cube(x, -1, 1), constant); }, {x, constant}).passed);
  CHECK(same_bits(x.value(), before));
  CHECK_FALSE(constant.grad().defined());
  CHECK_THROWS_WITH(gradcheck([&] { return tanh(constant); }, {constant}),
                    ContainsSubstring("nothing that was recorded"));
}

}  // namespace
}  // namespace mini_bert::testing
