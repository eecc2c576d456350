#include "mini_bert/tensor/kernels/layer_norm.h"

#include <cmath>

#include "mini_bert/tensor/kernels/activations.h"
#include "mini_bert/tensor/kernels/elementwise.h"
#include "mini_bert/tensor/kernels/row_sums.h"
#include "mini_bert/tensor/simd/kernels.h"

namespace mini_bert::kernels {
namespace {

template <class T>
void forward(const Tensor& x, const Tensor& gamma, const Tensor& beta, Arithmetic<T> eps, Tensor& y, Tensor& mean,
             Tensor& rstd) {
  using A = Arithmetic<T>;
  A* const means = mean.data<A>();
  A* const rstds = rstd.data<A>();
  const Index cols = x.cols();
  if (const auto* const simd = simd::loops<T>()) {
    const simd::Normalisation norm = {gamma.data<float>(), beta.data<float>(), static_cast<float>(eps)};
    return for_each_row_chunk(x.rows(), cols, [&](Index begin, Index end) {
      simd->layer_norm.forward(x.data<T>() + begin * cols, end - begin, cols, norm, y.data<T>() + begin * cols,
                               {mean.data<float>() + begin, rstd.data<float>() + begin});
    });
  }
  for_each_row(x.rows(), cols, [&](Index t) {
    const auto x_t = read_row<T>(x, t);
    const A mu = x_t.mean();
    const A variance = (x_t - mu).square().mean();  // a second pass: E[x²]−μ² would cancel
    const A scale = A(1) / std::sqrt(variance + eps);
    write_row<T>(y, t, row<A>(gamma, 0) * ((x_t - mu) * scale) + row<A>(beta, 0));
    means[t] = mu;
    rstds[t] = scale;
  });
}

// x̂ = (x−μ)·rstd depends on x three times: directly, through μ and through σ. Differentiating each and collecting
// gives rstd·(g − ⟨g⟩ − x̂·⟨g·x̂⟩); the last two terms take out what a shift or a stretch of the row would change.
template <class T>
void backward_x(const Tensor& dy, const Tensor& x, const Tensor& gamma, const Tensor& mean, const Tensor& rstd,
                const Gradient& dx) {
  using A = Arithmetic<T>;
  for_each_row(x.rows(), x.cols(), [&](Index t) {
    const A mu = mean.data<A>()[t], scale = rstd.data<A>()[t];
    const RowArray<A> x_hat = (read_row<T>(x, t) - mu) * scale;
    const RowArray<A> g = read_row<T>(dy, t) * row<A>(gamma, 0);
    put_row<T>(dx, t, scale * (g - g.mean() - x_hat * (g * x_hat).mean()));
  });
}

template <class T>
void backward_gamma_beta(const Tensor& dy, const Tensor& x, const Tensor& mean, const Tensor& rstd,
                         const Gradient& dgamma, const Gradient& dbeta) {
  using A = Arithmetic<T>;
  for_each_column_block(x.cols(), [&](Index col, Index width) {
    if (dgamma && !dgamma.accumulates()) elements<A>(dgamma.tensor(), col, col + width).setZero();
    if (dbeta && !dbeta.accumulates()) elements<A>(dbeta.tensor(), col, col + width).setZero();
    for (Index t = 0; t < x.rows(); ++t) {
      const auto dy_t = read<T>(dy, t * x.cols() + col, t * x.cols() + col + width);
      const auto x_t = read<T>(x, t * x.cols() + col, t * x.cols() + col + width);
      const A mu = mean.data<A>()[t], scale = rstd.data<A>()[t];
      if (dgamma) elements<A>(dgamma.tensor(), col, col + width) += dy_t * ((x_t - mu) * scale);
      if (dbeta) elements<A>(dbeta.tensor(), col, col + width) += dy_t;
    }
  });
}

// All three gradients in one pass over dy and x.
template <class T>
void fast_backward(const simd::ActivationLoops<T>& simd, const Tensor& dy, const Tensor& x, const Tensor& gamma,
                   const Tensor& mean, const Tensor& rstd, const Gradient& dx, const Gradient& dgamma,
                   const Gradient& dbeta) {
  const Index cols = x.cols();
  RowSums sums(x.rows(), 2 * cols);  // for γ, then for β
  sums.for_each_chunk([&](Index begin, Index end, float* chunk_sums) {
    simd.layer_norm.backward(dy.data<T>() + begin * cols, x.data<T>() + begin * cols, end - begin, cols,
                             gamma.data<float>(), mean.data<float>() + begin, rstd.data<float>() + begin,
                             dx.accumulates(), dx ? dx.tensor().data<T>() + begin * cols : nullptr,
                             dgamma || dbeta ? chunk_sums : nullptr, chunk_sums + cols);
  });
  if (dgamma) sums.put_into(dgamma, 0);
  if (dbeta) sums.put_into(dbeta, cols);
}

}  // namespace

void layer_norm(const Tensor& x, const Tensor& gamma, const Tensor& beta, double eps, Tensor& y, Tensor& mean,
                Tensor& rstd) {
  visit_activation(x.dtype(),
                   [&]<class T>() { forward<T>(x, gamma, beta, static_cast<Arithmetic<T>>(eps), y, mean, rstd); });
}

void layer_norm_backward(const Tensor& dy, const Tensor& x, const Tensor& gamma, const Tensor& mean, const Tensor& rstd,
                         const Gradient& dx, const Gradient& dgamma, const Gradient& dbeta) {
  visit_activation(x.dtype(), [&]<class T>() {
    if (const auto* const simd = simd::loops<T>()) {
      return fast_backward<T>(*simd, dy, x, gamma, mean, rstd, dx, dgamma, dbeta);
    }
    if (dx) backward_x<T>(dy, x, gamma, mean, rstd, dx);
    if (dgamma || dbeta) backward_gamma_beta<T>(dy, x, mean, rstd, dgamma, dbeta);
  });
}

}  // namespace mini_bert::kernels
