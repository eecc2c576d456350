#include "autograd/ops/relu.h"

#include "autograd/tape.h"
#include "tensor/kernels/relu.h"

namespace mini_bert {

Var relu(const Var& x) {
  Tensor y(x.shape(), x.dtype());
  kernels::relu(x.value(), y);
  return record(y, {x}, [x](const Tensor& dy) {
    if (Tensor* dx = x.grad_to_accumulate()) kernels::relu_backward(dy, x.value(), *dx);
  });
}

}  // namespace mini_bert
