#include "mini_bert/tensor/kernels/layer_norm.h"

#include <cmath>

#include "mini_bert/tensor/kernels/elements.h"
#include "mini_bert/tensor/kernels/elementwise.h"
#include "mini_bert/tensor/kernels/row_sums.h"
#include "mini_bert/tensor/simd/kernels.h"

namespace mini_bert::kernels {
namespace {

template <class Element>
void forward(const Tensor& x, const Tensor& gamma, const Tensor& beta, Arithmetic<Element> eps, Tensor& y, Tensor& mean,
             Tensor& rstd) {
  using Scalar = Arithmetic<Element>;
  Scalar* const means = mean.data<Scalar>();
  Scalar* const rstds = rstd.data<Scalar>();
  const Index cols = x.cols();
  if (const auto* const loops = simd::loops<Element>()) {
    const simd::Normalisation norm = {gamma.data<float>(), beta.data<float>(), static_cast<float>(eps)};
    return for_each_row_chunk(x.rows(), cols, [&](Index begin, Index end) {
      loops->layer_norm.forward(x.data<Element>() + begin * cols, end - begin, cols, norm,
                                y.data<Element>() + begin * cols,
                                {mean.data<float>() + begin, rstd.data<float>() + begin});
    });
  }
  for_each_row(x.rows(), cols, [&](Index t) {
    const auto x_t = read_row<Element>(x, t);
    const Scalar mu = x_t.mean();
    const Scalar variance = (x_t - mu).square().mean();  // a second pass: E[x²]−μ² would cancel
    const Scalar scale = Scalar(1) / std::sqrt(variance + eps);
    write_row<Element>(y, t, row<Scalar>(gamma, 0) * ((x_t - mu) * scale) + row<Scalar>(beta, 0));
    means[t] = mu;
    rstds[t] = scale;
  });
}

// x̂ = (x−μ)·rstd depends on x in three ways: directly, through μ and through σ. The sum of the three derivatives is
// rstd·(g − ⟨g⟩ − x̂·⟨g·x̂⟩). The last two terms remove from g the parts along a shift and a stretch of the row, to which
// x̂ is invariant.
template <class Element>
void backward_x(const Tensor& dy, const Tensor& x, const Tensor& gamma, const Tensor& mean, const Tensor& rstd,
                const Gradient& dx) {
  using Scalar = Arithmetic<Element>;
  for_each_row(x.rows(), x.cols(), [&](Index t) {
    const Scalar mu = mean.data<Scalar>()[t], scale = rstd.data<Scalar>()[t];
    const RowArray<Scalar> x_hat = (read_row<Element>(x, t) - mu) * scale;
    const RowArray<Scalar> g = read_row<Element>(dy, t) * row<Scalar>(gamma, 0);
    put_row<Element>(dx, t, scale * (g - g.mean() - x_hat * (g * x_hat).mean()));
  });
}

template <class Element>
void backward_gamma_beta(const Tensor& dy, const Tensor& x, const Tensor& mean, const Tensor& rstd,
                         const Gradient& dgamma, const Gradient& dbeta) {
  using Scalar = Arithmetic<Element>;
  for_each_column_block(x.cols(), [&](Index col, Index width) {
    if (dgamma && !dgamma.accumulates()) elements<Scalar>(dgamma.tensor(), col, col + width).setZero();
    if (dbeta && !dbeta.accumulates()) elements<Scalar>(dbeta.tensor(), col, col + width).setZero();
    for (Index t = 0; t < x.rows(); ++t) {
      const auto dy_t = read<Element>(dy, t * x.cols() + col, t * x.cols() + col + width);
      const auto x_t = read<Element>(x, t * x.cols() + col, t * x.cols() + col + width);
      const Scalar mu = mean.data<Scalar>()[t], scale = rstd.data<Scalar>()[t];
      if (dgamma) elements<Scalar>(dgamma.tensor(), col, col + width) += dy_t * ((x_t - mu) * scale);
      if (dbeta) elements<Scalar>(dbeta.tensor(), col, col + width) += dy_t;
    }
  });
}

// Computes all three gradients in one pass over dy and x.
template <class Element>
void fast_backward(const simd::Loops<Element>& loops, const Tensor& dy, const Tensor& x, const Tensor& gamma,
                   const Tensor& mean, const Tensor& rstd, const Gradient& dx, const Gradient& dgamma,
                   const Gradient& dbeta) {
  const Index cols = x.cols();
  RowSums sums(x.rows(), 2 * cols);  // for γ, then for β
  sums.for_each_chunk([&](Index begin, Index end, float* chunk_sums) {
    loops.layer_norm.backward(dy.data<Element>() + begin * cols, x.data<Element>() + begin * cols, end - begin, cols,
                              gamma.data<float>(), mean.data<float>() + begin, rstd.data<float>() + begin,
                              dx.accumulates(), dx ? dx.tensor().data<Element>() + begin * cols : nullptr,
                              dgamma || dbeta ? chunk_sums : nullptr, chunk_sums + cols);
  });
  if (dgamma) sums.put_into(dgamma, 0);
  if (dbeta) sums.put_into(dbeta, cols);
}

}  // namespace

void layer_norm(const Tensor& x, const Tensor& gamma, const Tensor& beta, double eps, Tensor& y, Tensor& mean,
                Tensor& rstd) {
  visit_stored(x.dtype(), [&]<class Element>() {
    forward<Element>(x, gamma, beta, static_cast<Arithmetic<Element>>(eps), y, mean, rstd);
  });
}

void layer_norm_backward(const Tensor& dy, const Tensor& x, const Tensor& gamma, const Tensor& mean, const Tensor& rstd,
                         const Gradient& dx, const Gradient& dgamma, const Gradient& dbeta) {
  visit_stored(x.dtype(), [&]<class Element>() {
    if (const auto* const loops = simd::loops<Element>()) {
      return fast_backward<Element>(*loops, dy, x, gamma, mean, rstd, dx, dgamma, dbeta);
    }
    if (dx) backward_x<Element>(dy, x, gamma, mean, rstd, dx);
    if (dgamma || dbeta) backward_gamma_beta<Element>(dy, x, mean, rstd, dgamma, dbeta);
  });
}

}  // namespace mini_bert::kernels
