#include "mini_bert/autograd/ops/gelu.h"

#include "mini_bert/autograd/tape.h"

namespace mini_bert {

Var gelu(const Var& x, Gelu form) {
  const profile::Timed timed("gelu");
  Tensor y(x.shape(), x.dtype());
  kernels::gelu(x.value(), form, y);
  return record(y, {x}, [x, form](const Tensor& dy) {
    if (const auto dx = x.gradient()) kernels::gelu_backward(dy, x.value(), form, dx);
  });
}

}  // namespace mini_bert
