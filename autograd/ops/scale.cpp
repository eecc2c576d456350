#include "autograd/ops/scale.h"

#include "autograd/tape.h"
#include "tensor/kernels/scale.h"

namespace mini_bert {

Var scale(const Var& x, double a) {
  Tensor y(x.shape(), x.dtype());
  kernels::scale(x.value(), a, y);
  return record(y, {x}, [x, a](const Tensor& dy) {
    if (Tensor* dx = x.grad_to_accumulate()) kernels::scale_backward(dy, a, *dx);
  });
}

}  // namespace mini_bert
