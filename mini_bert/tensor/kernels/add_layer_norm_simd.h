#pragma once

#include "mini_bert/tensor/kernels/dropout_simd.h"
#include "mini_bert/tensor/kernels/layer_norm_simd.h"

namespace mini_bert::simd {

template <class F, class Element>
void add_layer_norm(const Element* residual, const Element* h, const RowDropout& dropout, Index rows, Index cols,
                    const Normalisation& norm, Element* s, Element* y, Moments moments) {
  for (Index t = 0; t < rows; ++t, residual += cols, h += cols, s += cols, y += cols) {
    const std::uint64_t first = dropout.first + static_cast<std::uint64_t>(t * cols);
    for_each_dropout_piece<F>(dropout.p, dropout.key, first, cols, [&](Index begin, Index n, const float* factors) {
      for_each_register<F>(n, [&](Index j, auto lanes) {
        const Index i = begin + j;
        lanes.store(fma(lanes.load(h + i), lanes.load(factors + j), lanes.load(residual + i)), s + i);
      });
    });
    normalize_row<F>(s, cols, norm, y, moments.mean[t], moments.rstd[t]);
  }
}

template <class F, class Element>
void add_layer_norm_backward(const Element* dy, const Element* s, const RowDropout& dropout, Index rows, Index cols,
                             const float* gamma, const float* mean, const float* rstd, GradientRows<Element> dresidual,
                             GradientRows<Element> dh, float* dgamma, float* dbeta) {
  clear_sums<F>(cols, dgamma, dbeta);
  for (Index t = 0; t < rows; ++t) {
    const Index row = t * cols;
    const LayerNormRowGradient<F, Element> gradient(dy + row, s + row, cols, gamma, mean[t], rstd[t], dgamma, dbeta);
    // If dh is not required, no mask needs to be drawn.
    const double p = dh.data == nullptr ? 0.0 : dropout.p;
    const std::uint64_t first = dropout.first + static_cast<std::uint64_t>(row);
    for_each_dropout_piece<F>(p, dropout.key, first, cols, [&](Index begin, Index n, const float* factors) {
      for_each_register<F>(n, [&](Index j, auto lanes) {
        const Index i = begin + j;
        const F ds = gradient(i, lanes);
        if (dresidual.data != nullptr) put(lanes, ds, dresidual.accumulate, dresidual.data + row + i);
        if (dh.data != nullptr) put(lanes, ds * lanes.load(factors + j), dh.accumulate, dh.data + row + i);
      });
    });
  }
}

template <class F, class Element>
constexpr AddLayerNormLoops<Element> add_layer_norm_loops() {
  return {.forward = add_layer_norm<F, Element>, .backward = add_layer_norm_backward<F, Element>};
}

}  // namespace mini_bert::simd
