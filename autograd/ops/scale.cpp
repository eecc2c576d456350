#include "autograd/ops/scale.h"

#include "autograd/tape.h"
#include "tensor/kernels/scale.h"

namespace mini_bert {

Var scale(const Var& x, double a) {
  const profile::Timed timed("scale");
  Tensor y(x.shape(), x.dtype());
  kernels::scale(x.value(), a, y);
  return record(y, {x}, [x = x.slot(), a](const Tensor& dy) {
    if (const auto dx = x.contribution()) kernels::scale_backward(dy, a, dx);
  });
}

}  // namespace mini_bert
