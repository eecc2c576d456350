#include "autograd/ops/add.h"

#include "autograd/tape.h"
#include "tensor/kernels/add.h"

namespace mini_bert {

Var add(const Var& x, const Var& y) {
  require(y.shape() == x.shape(), "add: y must be {} like x, got {}", x.shape(), y.shape());
  Tensor z(x.shape(), x.dtype());
  kernels::add(x.value(), y.value(), z);
  return record(z, {x, y}, [x, y](const Tensor& dz) {
    if (Tensor* dx = x.grad_to_accumulate()) kernels::accumulate(dz, *dx);
    if (Tensor* dy = y.grad_to_accumulate()) kernels::accumulate(dz, *dy);
  });
}

}  // namespace mini_bert
