#include "mini_bert/autograd/ops/activation.h"

#include "mini_bert/autograd/tape.h"

namespace mini_bert {

Var activate(const Var& x, Activation activation) {
  const profile::Timed timed("activation");
  Tensor y(x.shape(), x.dtype());
  kernels::activate(x.value(), activation, y);
  return record(y, {x}, [x, activation](const Tensor& dy) {
    if (const auto dx = x.gradient()) kernels::activate_backward(dy, x.value(), activation, dx);
  });
}

}  // namespace mini_bert
