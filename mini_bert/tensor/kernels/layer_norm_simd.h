#pragma once

#include "mini_bert/tensor/simd/loops.h"
#include "mini_bert/tensor/simd/registers.h"

namespace mini_bert::simd {

// Normalises one row, which stays in the first-level cache for the three passes over it.
template <class F, class Element>
void normalize_row(const Element* x, Index cols, const Normalisation& norm, Element* y, float& mean, float& rstd) {
  float total[1];
  sum_over_registers<F>(cols, total, [&](Index i, auto lanes, F(&sums)[1]) { sums[0] += lanes.load(x + i); });
  mean = total[0] / static_cast<float>(cols);
  const F mu(mean);
  sum_over_registers<F>(cols, total, [&](Index i, auto lanes, F(&sums)[1]) {
    const F centered = lanes.only(lanes.load(x + i) - mu);
    sums[0] = fma(centered, centered, sums[0]);
  });
  rstd = 1.0f / __builtin_sqrtf(total[0] / static_cast<float>(cols) + norm.eps);
  const F scale(rstd);
  for_each_register<F>(cols, [&](Index i, auto lanes) {
    const F x_hat = (lanes.load(x + i) - mu) * scale;
    lanes.store(fma(lanes.load(norm.gamma + i), x_hat, lanes.load(norm.beta + i)), y + i);
  });
}

template <class F, class Element>
void layer_norm(const Element* x, Index rows, Index cols, const Normalisation& norm, Element* y, Moments moments) {
  for (Index t = 0; t < rows; ++t) {
    normalize_row<F>(x + t * cols, cols, norm, y + t * cols, moments.mean[t], moments.rstd[t]);
  }
}

// Computes dx of one row, one register at a time. The constructor reads the row once: it computes ⟨g⟩ and ⟨g·x̂⟩ and
// adds to the sums for dγ and dβ.
template <class F, class Element>
class LayerNormRowGradient {
 public:
  LayerNormRowGradient(const Element* dy, const Element* x, Index cols, const float* gamma, float mean, float rstd,
                       float* dgamma, float* dbeta)
      : dy_(dy), x_(x), gamma_(gamma), mean_(mean), rstd_(rstd) {
    float totals[2];
    sum_over_registers<F>(cols, totals, [&](Index i, auto lanes, F(&sums)[2]) {
      const F dy_i = lanes.load(dy + i), x_hat = this->x_hat(i, lanes), g = dy_i * lanes.load(gamma + i);
      sums[0] += g;
      sums[1] = fma(g, x_hat, sums[1]);
      if (dgamma != nullptr) {
        lanes.store(fma(dy_i, x_hat, lanes.load(dgamma + i)), dgamma + i);
        lanes.store(dy_i + lanes.load(dbeta + i), dbeta + i);
      }
    });
    mean_g_ = F(totals[0] / static_cast<float>(cols));
    mean_gx_ = F(totals[1] / static_cast<float>(cols));
  }

  template <class Lanes>
  F operator()(Index i, const Lanes& lanes) const {
    const F g = lanes.load(dy_ + i) * lanes.load(gamma_ + i);
    return rstd_ * fnma(x_hat(i, lanes), mean_gx_, g - mean_g_);
  }

 private:
  template <class Lanes>
  F x_hat(Index i, const Lanes& lanes) const {
    return (lanes.load(x_ + i) - mean_) * rstd_;
  }

  const Element *dy_, *x_;
  const float* gamma_;
  F mean_, rstd_, mean_g_, mean_gx_;
};

template <class F>
void clear_sums(Index cols, float* dgamma, float* dbeta) {
  if (dgamma == nullptr) return;
  for_each_register<F>(cols, [&](Index i, auto lanes) {
    lanes.store(F(0.0f), dgamma + i);
    lanes.store(F(0.0f), dbeta + i);
  });
}

template <class F, class Element>
void layer_norm_backward(const Element* dy, const Element* x, Index rows, Index cols, const float* gamma,
                         const float* mean, const float* rstd, bool accumulate, Element* dx, float* dgamma,
                         float* dbeta) {
  clear_sums<F>(cols, dgamma, dbeta);
  for (Index t = 0; t < rows; ++t) {
    const Index row = t * cols;
    const LayerNormRowGradient<F, Element> gradient(dy + row, x + row, cols, gamma, mean[t], rstd[t], dgamma, dbeta);
    if (dx == nullptr) continue;
    for_each_register<F>(cols, [&](Index i, auto lanes) { put(lanes, gradient(i, lanes), accumulate, dx + row + i); });
  }
}

template <class F, class Element>
constexpr LayerNormLoops<Element> layer_norm_loops() {
  return {.forward = layer_norm<F, Element>, .backward = layer_norm_backward<F, Element>};
}

}  // namespace mini_bert::simd
