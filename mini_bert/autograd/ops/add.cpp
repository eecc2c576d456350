#include "mini_bert/autograd/ops/add.h"

#include "mini_bert/autograd/tape.h"
#include "mini_bert/tensor/kernels/add.h"

namespace mini_bert {

Var add(const Var& x, const Var& y) {
  const profile::Timed timed("add");
  require(y.shape() == x.shape(), "add: y must be {} like x, got {}", x.shape(), y.shape());
  Tensor z(x.shape(), x.dtype());
  kernels::add(x.value(), y.value(), z);
  return record(z, {x, y}, [x = x.slot(), y = y.slot()](const Tensor& dz) {
    if (const auto dx = x.contribution()) kernels::add_backward(dz, dx);
    if (const auto dy = y.contribution()) kernels::add_backward(dz, dy);
  });
}

}  // namespace mini_bert
