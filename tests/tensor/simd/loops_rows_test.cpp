#include "mini_bert/tensor/simd/loops.h"

#include "mini_bert/tensor/kernels/cross_entropy.h"
#include "mini_bert/tensor/kernels/dropout.h"
#include "mini_bert/tensor/kernels/layer_norm.h"
#include "mini_bert/tensor/kernels/softmax.h"
#include "tests/tensor/simd/loops_testing.h"

namespace mini_bert::simd {
namespace {

TEST_CASE("softmax and cross entropy loops", "[simd][softmax][cross_entropy]") {
  for_all_loops([]<class T>(const std::string& name, const Loops<T>& loops) {
    for (const Index cols : {1, 3, 7, 8, 9, 16, 17, 33, 128, 768, 2047, 2048, 2050, 5003}) {
      const Index rows = 3, n = rows * cols;
      CAPTURE(name, cols);
      GuardedArray<T> x = random_array<T>(n, 0), y(x.size());
      const GuardedArray<T> dy = random_array<T>(n, 1);
      for (Index i = 0; i < cols; ++i) x.data()[i] = T(static_cast<float>(x.data()[i]) * 30 + 1000);  // would overflow
      if (cols > 1) x.data()[cols] = T(-infinity);
      if (cols > 2) x.data()[n - 1] = T(nan);  // its row becomes NaN, the others do not
      const Shape shape = {rows, cols};
      loops.softmax.forward(x.data(), rows, cols, y.data());
      Tensor expected(shape, DType::f64);
      kernels::softmax(f64(x, shape), expected);
      CHECK(difference(y, expected) < tolerance<T>(2));
      check_gradient<T>(
          n, [&](bool accumulate, T* dx) { loops.softmax.backward(dy.data(), y.data(), rows, cols, accumulate, dx); },
          [&](const Gradient& dx) {
            Tensor expected_rows = dx.tensor().reshape(shape);
            kernels::softmax_backward(f64(dy, shape), f64(y, shape), Gradient(expected_rows, dx.output()));
          });

      Tensor loss({}, DType::f64), lse({rows}, DType::f64);
      const Tensor no_labels = Tensor::from(std::vector<std::int32_t>(rows, 0));
      kernels::cross_entropy(f64(x, shape), no_labels, {}, 1, loss, lse);
      for (Index m = 0; m < rows; ++m) {
        const T* const z = x.data() + m * cols;
        const double expected_lse = lse.values<double>()[m];
        const float actual = loops.cross_entropy.log_sum_exp(z, cols);
        CAPTURE(m, actual, expected_lse);
        CHECK((std::isnan(actual) ? std::isnan(expected_lse)
                                  : std::abs(actual - expected_lse) < 1e-6 * std::max(1.0, std::abs(expected_lse))));
        check_gradient<T>(
            cols, [&](bool accumulate, T* dz) { loops.cross_entropy.backward(z, actual, -0.5f, cols, accumulate, dz); },
            [&](const Gradient& dz) {
              for (Index v = 0; v < cols; ++v) {
                double& value = dz.tensor().values<double>()[v];
                value = (dz.accumulates() ? value : 0) - 0.5 * std::exp(static_cast<float>(z[v]) - actual);
              }
            });
      }
    }
  });
}

// Moments of rows and sums over rows, against layer_norm's definition in double.
template <class T>
struct NormCase {
  NormCase(Index rows, Index cols)
      : shape{rows, cols},
        x(random_array<T>(rows * cols, 0)),
        dy(random_array<T>(rows * cols, 1)),
        gamma(random_array<float>(cols, 2)),
        beta(random_array<float>(cols, 3)),
        y(x.size()),
        mean(static_cast<std::size_t>(rows)),
        rstd(static_cast<std::size_t>(rows)),
        dgamma(gamma.size()),
        dbeta(gamma.size()) {}

  Normalisation norm() const { return {gamma.data(), beta.data(), 1e-5f}; }

  Shape shape;
  GuardedArray<T> x, dy;
  GuardedArray<float> gamma, beta;
  GuardedArray<T> y;
  GuardedArray<float> mean, rstd, dgamma, dbeta;
  Tensor y64{shape, DType::f64}, mean64{{shape[0]}, DType::f64}, rstd64{{shape[0]}, DType::f64};
  Tensor dgamma64 = Tensor::zeros({shape[1]}, DType::f64), dbeta64 = Tensor::zeros({shape[1]}, DType::f64);
};

// Sums of a few dozen numbers of either sign.
constexpr double sum_tolerance = 3e-5;

TEST_CASE("layer_norm loops", "[simd][layer_norm]") {
  for_all_loops([]<class T>(const std::string& name, const Loops<T>& loops) {
    for (const Index cols : {3, 7, 8, 9, 15, 16, 17, 33, 65, 130, 768, 3072}) {
      const Index rows = cols < 100 ? 5 : 3;
      CAPTURE(name, rows, cols);
      NormCase<T> c(rows, cols);
      if (rows > 3) c.x.data()[cols + 1] = T(nan);
      const Tensor x64 = f64(c.x, c.shape), dy64 = f64(c.dy, c.shape), gamma64 = f64(c.gamma);
      loops.layer_norm.forward(c.x.data(), rows, cols, c.norm(), c.y.data(), {c.mean.data(), c.rstd.data()});
      kernels::layer_norm(x64, gamma64, f64(c.beta), 1e-5f, c.y64, c.mean64, c.rstd64);
      CHECK(difference(c.y, c.y64) < 3 * tolerance<T>());
      CHECK(difference(c.mean, c.mean64) < 1e-6);
      CHECK(difference(c.rstd, c.rstd64) < 2e-6);
      if (rows > 3) continue;  // sums over a row that is NaN say nothing
      check_gradient<T>(
          rows * cols,
          [&](bool accumulate, T* dx) {
            loops.layer_norm.backward(c.dy.data(), c.x.data(), rows, cols, c.gamma.data(), c.mean.data(), c.rstd.data(),
                                      accumulate, dx, c.dgamma.data(), c.dbeta.data());
          },
          [&](const Gradient& dx) {
            Tensor dx_rows = dx.tensor().reshape(c.shape);
            kernels::layer_norm_backward(dy64, x64, gamma64, c.mean64, c.rstd64, Gradient(dx_rows, dx.output()),
                                         Gradient(c.dgamma64, Output::replace), Gradient(c.dbeta64, Output::replace));
          });
      CHECK(difference(c.dgamma, c.dgamma64) < sum_tolerance);
      CHECK(difference(c.dbeta, c.dbeta64) < sum_tolerance);
      loops.layer_norm.backward(c.dy.data(), c.x.data(), rows, cols, c.gamma.data(), c.mean.data(), c.rstd.data(),
                                false, nullptr, c.dgamma.data(), c.dbeta.data());
      CHECK(difference(c.dgamma, c.dgamma64) < sum_tolerance);
    }
  });
}

TEST_CASE("add_layer_norm loops", "[simd][add_layer_norm]") {
  for_all_loops([]<class T>(const std::string& name, const Loops<T>& loops) {
    for (const Index cols : {3, 7, 8, 9, 16, 17, 33, 130, 511, 513, 768, 3072}) {
      for (const double p : {0.0, 0.25}) {
        const Index rows = 3;
        CAPTURE(name, cols, p);
        NormCase<T> c(rows, cols);
        const GuardedArray<T> h = random_array<T>(rows * cols, 4);
        GuardedArray<T> s(h.size());
        const RowDropout dropout = {p, key, static_cast<std::uint64_t>(2 * cols)};  // as if two rows came before
        loops.add_layer_norm.forward(c.x.data(), h.data(), dropout, rows, cols, c.norm(), s.data(), c.y.data(),
                                     {c.mean.data(), c.rstd.data()});
        std::vector<double> factors(h.size(), 1.0);
        if (p > 0) kernels::dropout_mask(p, key, dropout.first, rows * cols, factors.data());
        Tensor s64 = f64(c.x, c.shape);
        for (std::size_t i = 0; i < h.size(); ++i) {
          s64.values<double>()[i] += factors[i] * static_cast<double>(static_cast<float>(h.data()[i]));
        }
        CHECK(difference(s, s64) < tolerance<T>());
        s64 = f64(s, c.shape);  // what is normalised is what has been stored
        kernels::layer_norm(s64, f64(c.gamma), f64(c.beta), 1e-5f, c.y64, c.mean64, c.rstd64);
        CHECK(difference(c.y, c.y64) < 3 * tolerance<T>());

        GuardedArray<T> dresidual(h.size()), dh(h.size());
        Tensor ds(c.shape, DType::f64), dh64(c.shape, DType::f64);
        kernels::layer_norm_backward(f64(c.dy, c.shape), s64, f64(c.gamma), c.mean64, c.rstd64,
                                     Gradient(ds, Output::replace), Gradient(c.dgamma64, Output::replace),
                                     Gradient(c.dbeta64, Output::replace));
        for (std::size_t i = 0; i < h.size(); ++i) dh64.values<double>()[i] = ds.values<double>()[i] * factors[i];
        const auto backward = [&](T* to_residual, T* to_h) {
          loops.add_layer_norm.backward(c.dy.data(), s.data(), dropout, rows, cols, c.gamma.data(), c.mean.data(),
                                        c.rstd.data(), {to_residual, false}, {to_h, false}, c.dgamma.data(),
                                        c.dbeta.data());
        };
        backward(dresidual.data(), dh.data());
        CHECK(difference(dresidual, ds) < 2 * tolerance<T>());
        CHECK(difference(dh, dh64) < 2 * tolerance<T>());
        CHECK(difference(c.dgamma, c.dgamma64) < sum_tolerance);
        CHECK(difference(c.dbeta, c.dbeta64) < sum_tolerance);
        std::fill(dh.begin(), dh.end(), T(nan));
        backward(nullptr, dh.data());
        CHECK(difference(dh, dh64) < 2 * tolerance<T>());
        backward(dresidual.data(), nullptr);
        CHECK(difference(dresidual, ds) < 2 * tolerance<T>());
      }
    }
  });
}

TEST_CASE("column sums", "[simd][linear]") {
  for_all_loops([]<class T>(const std::string& name, const Loops<T>& loops) {
    for (const Index rows : {1, 7, 8, 9, 17}) {
      for (const Index cols : {1, 7, 8, 9, 16, 33, 768}) {
        const GuardedArray<T> x = random_array<T>(rows * cols, 0);
        GuardedArray<float> sums(static_cast<std::size_t>(cols));
        loops.linear.column_sums(x.data(), rows, cols, sums.data());
        Tensor expected = Tensor::zeros({cols}, DType::f64);
        for (Index i = 0; i < rows * cols; ++i) {
          expected.values<double>()[i % cols] += static_cast<double>(static_cast<float>(x.data()[i]));
        }
        CAPTURE(name, rows, cols);
        CHECK(difference(sums, expected) < 1e-6);
      }
    }
  });
}

}  // namespace
}  // namespace mini_bert::simd
