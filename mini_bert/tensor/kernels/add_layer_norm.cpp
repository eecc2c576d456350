#include "mini_bert/tensor/kernels/add_layer_norm.h"

#include "mini_bert/tensor/kernels/add.h"
#include "mini_bert/tensor/kernels/dropout.h"
#include "mini_bert/tensor/kernels/elementwise.h"
#include "mini_bert/tensor/kernels/layer_norm.h"
#include "mini_bert/tensor/kernels/row_sums.h"
#include "mini_bert/tensor/simd/kernels.h"

namespace mini_bert::kernels {
namespace {

template <class Element>
void fast_forward(const simd::Loops<Element>& loops, const Tensor& residual, const Tensor& h, const Tensor& gamma,
                  const Tensor& beta, const AddLayerNormOptions& options, Tensor& s, Tensor& y, Tensor& mean,
                  Tensor& rstd) {
  const Index cols = h.cols();
  const simd::Normalisation norm = {gamma.data<float>(), beta.data<float>(), static_cast<float>(options.eps)};
  for_each_row_chunk(h.rows(), cols, [&](Index begin, Index end) {
    const Index first = begin * cols;
    loops.add_layer_norm.forward(residual.data<Element>() + first, h.data<Element>() + first,
                                 {options.dropout, options.key, static_cast<std::uint64_t>(first)}, end - begin, cols,
                                 norm, s.data<Element>() + first, y.data<Element>() + first,
                                 {mean.data<float>() + begin, rstd.data<float>() + begin});
  });
}

template <class Element>
simd::GradientRows<Element> rows_of(const Gradient& gradient, Index first) {
  if (!gradient) return {};
  return {gradient.tensor().data<Element>() + first, gradient.accumulates()};
}

template <class Element>
void fast_backward(const simd::Loops<Element>& loops, const Tensor& dy, const Tensor& s, const Tensor& gamma,
                   const Tensor& mean, const Tensor& rstd, const AddLayerNormOptions& options,
                   const Gradient& dresidual, const Gradient& dh, const Gradient& dgamma, const Gradient& dbeta) {
  const Index cols = s.cols();
  RowSums sums(s.rows(), 2 * cols);  // for γ, then for β
  sums.for_each_chunk([&](Index begin, Index end, float* chunk_sums) {
    const Index first = begin * cols;
    loops.add_layer_norm.backward(dy.data<Element>() + first, s.data<Element>() + first,
                                  {options.dropout, options.key, static_cast<std::uint64_t>(first)}, end - begin, cols,
                                  gamma.data<float>(), mean.data<float>() + begin, rstd.data<float>() + begin,
                                  rows_of<Element>(dresidual, first), rows_of<Element>(dh, first),
                                  dgamma || dbeta ? chunk_sums : nullptr, chunk_sums + cols);
  });
  if (dgamma) sums.put_into(dgamma, 0);
  if (dbeta) sums.put_into(dbeta, cols);
}

}  // namespace

void add_layer_norm(const Tensor& residual, const Tensor& h, const Tensor& gamma, const Tensor& beta,
                    const AddLayerNormOptions& options, Tensor& s, Tensor& y, Tensor& mean, Tensor& rstd) {
  visit_stored(h.dtype(), [&]<class Element>() {
    if (const auto* const loops = simd::loops<Element>()) {
      return fast_forward<Element>(*loops, residual, h, gamma, beta, options, s, y, mean, rstd);
    }
    if (options.dropout > 0) {
      dropout(h, options.dropout, options.key, s);
      add(residual, s, s);
    } else {
      add(residual, h, s);
    }
    layer_norm(s, gamma, beta, options.eps, y, mean, rstd);
  });
}

void add_layer_norm_backward(const Tensor& dy, const Tensor& s, const Tensor& gamma, const Tensor& mean,
                             const Tensor& rstd, const AddLayerNormOptions& options, const Gradient& dresidual,
                             const Gradient& dh, const Gradient& dgamma, const Gradient& dbeta) {
  visit_stored(s.dtype(), [&]<class Element>() {
    if (const auto* const loops = simd::loops<Element>()) {
      return fast_backward<Element>(*loops, dy, s, gamma, mean, rstd, options, dresidual, dh, dgamma, dbeta);
    }
    Tensor ds(s.shape(), s.dtype());
    layer_norm_backward(dy, s, gamma, mean, rstd, {ds, Output::replace}, dgamma, dbeta);
    if (dresidual) add_backward(ds, dresidual);
    if (dh && options.dropout > 0) dropout_backward(ds, options.dropout, options.key, dh);
    if (dh && options.dropout == 0) add_backward(ds, dh);
  });
}

}  // namespace mini_bert::kernels
