#include "mini_bert/tensor/kernels/elements.h"

#include <cmath>
#include <functional>
#include <vector>

#include "mini_bert/tensor/kernels/activation.h"
#include "mini_bert/tensor/kernels/add.h"
#include "mini_bert/tensor/kernels/add_layer_norm.h"
#include "mini_bert/tensor/kernels/cross_entropy.h"
#include "mini_bert/tensor/kernels/dropout.h"
#include "mini_bert/tensor/kernels/gather_rows.h"
#include "mini_bert/tensor/kernels/layer_norm.h"
#include "mini_bert/tensor/kernels/scale.h"
#include "mini_bert/tensor/kernels/softmax.h"
#include "mini_bert/tensor/kernels/tanh.h"
#include "mini_bert/tensor/simd/kernels.h"
#include "tests/catch.h"

// Every kernel of activations on bfloat16, against itself in double on the same numbers.
namespace mini_bert::kernels {
namespace {

constexpr RandomKey key = {.seed = 1, .step = 2, .stream = 3};
const std::vector<Shape> shapes = {{1, 3}, {7, 9}, {3, 33}, {65, 4}, {40, 129}, {3, 3072}};

// Rounded to bf16, so that both dtypes hold the same numbers.
Tensor random(const Shape& shape, DType dtype, std::uint32_t stream) {
  Tensor x(shape);
  fill_normal(x, 0, 1, {.seed = 1, .stream = stream});
  return x.to(DType::bf16).to(dtype);
}
Tensor parameter(Index n, DType dtype, std::uint32_t stream) {
  return random({n}, arithmetic_dtype(dtype), stream);
}

double difference(const Tensor& x, const Tensor& expected) {
  const Tensor actual = x.to(DType::f64);
  double worst = 0;
  for (Index i = 0; i < x.size(); ++i) {
    const double wanted = expected.values<double>()[i];
    const double error = std::abs(actual.values<double>()[i] - wanted) / std::max(1.0, std::abs(wanted));
    worst = std::isnan(error) ? INFINITY : std::max(worst, error);
  }
  return worst;
}

// f(dtype, out) computes a tensor of `shape` twice, replaced and added to what is there.
using Computation = std::function<void(DType, const Gradient&)>;
void check(const Shape& shape, const Computation& f, double roundings = 1) {
  for (const Output output : {Output::replace, Output::accumulate}) {
    Tensor y = random(shape, DType::bf16, 50), expected = random(shape, DType::f64, 50);
    f(DType::bf16, Gradient(y, output));
    f(DType::f64, Gradient(expected, output));
    CAPTURE(output == Output::accumulate);
    CHECK(difference(y, expected) < roundings * 0x1p-8);
  }
}
// The same for a result that is always replaced.
void check_forward(const Shape& shape, const std::function<void(DType, Tensor&)>& f) {
  Tensor y(shape, DType::bf16), expected(shape, DType::f64);
  f(DType::bf16, y);
  f(DType::f64, expected);
  CHECK(difference(y, expected) < 0x1p-7);
}

TEST_CASE("element-wise kernels take bfloat16", "[bf16]") {
  for (const Shape& shape : shapes) {
    CAPTURE(shape.rows(), shape.cols());
    const auto x = [&](DType dtype) { return random(shape, dtype, 0); };
    const auto dy = [&](DType dtype) { return random(shape, dtype, 1); };
    check_forward(shape, [&](DType d, Tensor& y) { add(x(d), dy(d), y); });
    check(shape, [&](DType d, const Gradient& dx) { add_backward(dy(d), dx); });
    check_forward(shape, [&](DType d, Tensor& y) { scale(x(d), 0.3, y); });
    check(shape, [&](DType d, const Gradient& dx) { scale_backward(dy(d), 0.3, dx); });
    check_forward(shape, [&](DType d, Tensor& y) { tanh(x(d), y); });
    check(shape, [&](DType d, const Gradient& dx) { tanh_backward(dy(d), x(d), dx); });
    check_forward(shape, [&](DType d, Tensor& y) { dropout(x(d), 0.3, key, y); });
    check(shape, [&](DType d, const Gradient& dx) { dropout_backward(dy(d), 0.3, key, dx); });
    for (const Activation activation : all_activations()) {
      CAPTURE(name_of(activation));
      check_forward(shape, [&](DType d, Tensor& y) { activate(x(d), activation, y); });
      check(shape, [&](DType d, const Gradient& dx) { activate_backward(dy(d), x(d), activation, dx); });
    }
  }
}

TEST_CASE("row-wise kernels take bfloat16", "[bf16]") {
  for (const Shape& shape : shapes) {
    CAPTURE(shape.rows(), shape.cols());
    const Index rows = shape.rows();
    const auto x = [&](DType dtype) { return random(shape, dtype, 0); };
    const auto dy = [&](DType dtype) { return random(shape, dtype, 1); };
    check_forward(shape, [&](DType d, Tensor& y) { softmax(x(d), y); });
    check(shape, [&](DType d, const Gradient& dx) { softmax_backward(dy(d), x(d), dx); });

    std::vector<std::int32_t> labels(rows, 1);
    labels[0] = rows > 1 ? ignore_index : 1;
    const auto losses = [&](DType d, Tensor& loss, Tensor& lse) {
      loss = Tensor({}, arithmetic_dtype(d)), lse = Tensor({rows}, arithmetic_dtype(d));
      cross_entropy(x(d), Tensor::from(labels), {}, 2, loss, lse);
    };
    Tensor loss, expected_loss, lse;
    losses(DType::bf16, loss, lse);
    losses(DType::f64, expected_loss, lse);
    CHECK(std::abs(loss.item() - expected_loss.item()) < 1e-5 * rows);
    check(shape, [&](DType d, const Gradient& dz) {
      losses(d, loss, lse);
      cross_entropy_backward(loss, x(d), Tensor::from(labels), {}, 2, lse, dz);
    });

    std::vector<std::int32_t> picked(rows);
    for (Index m = 0; m < rows; ++m) picked[m] = static_cast<std::int32_t>(rows - 1 - m);
    check_forward(shape, [&](DType d, Tensor& y) { gather_rows(x(d), Tensor::from(picked), y); });
    check(shape, [&](DType d, const Gradient& dx) { gather_rows_backward(dy(d), Tensor::from(picked), dx); });
  }
}

TEST_CASE("normalisations take bfloat16, their sums are f32", "[bf16]") {
  for (const Shape& shape : shapes) {
    for (const double p : {0.0, 0.25}) {
      CAPTURE(shape.rows(), shape.cols(), p);
      const Index rows = shape.rows(), cols = shape.cols();
      const AddLayerNormOptions options = {.eps = 1e-5, .dropout = p, .key = key};
      struct Results {
        Tensor s, y, mean, rstd, dx, dh, dgamma, dbeta;
      };
      const auto compute = [&](DType d, const Tensor* stored) {
        const DType a = arithmetic_dtype(d);
        Results r = {Tensor(shape, d), Tensor(shape, d), Tensor({rows}, a), Tensor({rows}, a),
                     Tensor(shape, d), Tensor(shape, d), Tensor({cols}, a), Tensor({cols}, a)};
        const Tensor gamma = parameter(cols, d, 2), beta = parameter(cols, d, 3), dy = random(shape, d, 4);
        add_layer_norm(random(shape, d, 0), random(shape, d, 1), gamma, beta, options, r.s, r.y, r.mean, r.rstd);
        if (stored != nullptr) {  // the rounded sum is what both go on with
          r.s = stored->to(d);
          layer_norm(r.s, gamma, beta, options.eps, r.y, r.mean, r.rstd);
        }
        const auto into = [](Tensor& x) { return Gradient(x, Output::replace); };
        add_layer_norm_backward(dy, r.s, gamma, r.mean, r.rstd, options, into(r.dx), into(r.dh), into(r.dgamma),
                                into(r.dbeta));
        return r;
      };
      const Results r = compute(DType::bf16, nullptr), sum = compute(DType::f64, nullptr);
      // Loops round once; the definition, which is made of dropout and add, twice.
      CHECK(difference(r.s, sum.s) < (p > 0 && simd::kernels() == nullptr ? 0x1p-7 : 0x1p-8));
      const Results expected = compute(DType::f64, &r.s);
      CHECK(difference(r.y, expected.y) < 0x1p-7);
      // Rows of three numbers may be nearly constant: what is left of them is then divided by next to nothing.
      const double tolerance = cols < 9 ? 0x1p-5 : 0x1p-7;
      CHECK(difference(r.dx, expected.dx) < tolerance);
      CHECK(difference(r.dh, expected.dh) < tolerance);
      CHECK(difference(r.dgamma, expected.dgamma) < 1e-4);
      CHECK(difference(r.dbeta, expected.dbeta) < 1e-4);

      Tensor dx(shape, DType::bf16);
      layer_norm_backward(random(shape, DType::bf16, 4), r.s, parameter(cols, DType::bf16, 2), r.mean, r.rstd,
                          Gradient(dx, Output::replace), {}, {});
      CHECK(difference(dx, expected.dx) < tolerance);
    }
  }
}

}  // namespace
}  // namespace mini_bert::kernels
