#include "mini_bert/autograd/ops/add_layer_norm.h"

#include "mini_bert/autograd/tape.h"
#include "mini_bert/tensor/kernels/add_layer_norm.h"

namespace mini_bert {

Var add_layer_norm(const Var& residual, const Var& h, double p, const RandomKey& key, const Var& gamma, const Var& beta,
                   double eps) {
  const profile::Timed timed("add_layer_norm");
  const Index hidden = h.shape().cols();
  require(h.shape().rank() == 2 && hidden > 0, "add_layer_norm: h must be [T,H], got {}", h.shape());
  require(residual.shape() == h.shape(), "add_layer_norm: residual must be {} like h, got {}", h.shape(),
          residual.shape());
  require(gamma.shape() == Shape{hidden}, "add_layer_norm: gamma must be [{}], got {} (h is {})", hidden, gamma.shape(),
          h.shape());
  require(beta.shape() == Shape{hidden}, "add_layer_norm: beta must be [{}], got {} (h is {})", hidden, beta.shape(),
          h.shape());
  require(0 <= p && p < 1, "add_layer_norm: p must be at least 0 and below 1, got {}", p);
  const kernels::AddLayerNormOptions options = {.eps = eps, .dropout = p, .key = key};
  Tensor s(h.shape(), h.dtype()), y(h.shape(), h.dtype());
  const DType dtype = arithmetic_dtype(h.dtype());
  Tensor mean({h.shape()[0]}, dtype), rstd({h.shape()[0]}, dtype);
  kernels::add_layer_norm(residual.value(), h.value(), gamma.value(), beta.value(), options, s, y, mean, rstd);
  return record(
      y, {residual, h, gamma, beta},
      [residual = residual.slot(), h = h.slot(), gamma, beta = beta.slot(), options, s, mean, rstd](const Tensor& dy) {
        // In the order in which the kernel writes them, because residual and h may be one Var.
        const kernels::Gradient dresidual = residual.contribution(), dh = h.contribution();
        kernels::add_layer_norm_backward(dy, s, gamma.value(), mean, rstd, options, dresidual, dh, gamma.gradient(),
                                         beta.contribution());
      });
}

}  // namespace mini_bert
