#include "mini_bert/autograd/ops/layer_norm.h"

#include "mini_bert/autograd/tape.h"
#include "mini_bert/tensor/kernels/layer_norm.h"

namespace mini_bert {

Var layer_norm(const Var& x, const Var& gamma, const Var& beta, double eps) {
  const profile::Timed timed("layer_norm");
  const Index hidden = x.shape().cols();
  require(x.shape().rank() == 2 && hidden > 0, "layer_norm: x must be [T,H], got {}", x.shape());
  require(gamma.shape() == Shape{hidden}, "layer_norm: gamma must be [{}], got {} (x is {})", hidden, gamma.shape(),
          x.shape());
  require(beta.shape() == Shape{hidden}, "layer_norm: beta must be [{}], got {} (x is {})", hidden, beta.shape(),
          x.shape());
  const DType dtype = arithmetic_dtype(x.dtype());
  Tensor y(x.shape(), x.dtype()), mean({x.shape()[0]}, dtype), rstd({x.shape()[0]}, dtype);
  kernels::layer_norm(x.value(), gamma.value(), beta.value(), eps, y, mean, rstd);
  return record(y, {x, gamma, beta}, [x, gamma, beta = beta.slot(), mean, rstd](const Tensor& dy) {
    kernels::layer_norm_backward(dy, x.value(), gamma.value(), mean, rstd, x.gradient(), gamma.gradient(),
                                 beta.contribution());
  });
}

}  // namespace mini_bert
