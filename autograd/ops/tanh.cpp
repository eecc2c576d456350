#include "autograd/ops/tanh.h"

#include "autograd/tape.h"
#include "tensor/kernels/tanh.h"

namespace mini_bert {

Var tanh(const Var& x) {
  Tensor y(x.shape(), x.dtype());
  kernels::tanh(x.value(), y);
  return record(y, {x}, [x, y](const Tensor& dy) {
    if (Tensor* dx = x.grad_to_accumulate()) kernels::tanh_backward(dy, y, *dx);
  });
}

}  // namespace mini_bert
