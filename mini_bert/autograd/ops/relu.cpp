#include "mini_bert/autograd/ops/relu.h"

#include "mini_bert/autograd/tape.h"
#include "mini_bert/tensor/kernels/relu.h"

namespace mini_bert {

Var relu(const Var& x) {
  const profile::Timed timed("relu");
  Tensor y(x.shape(), x.dtype());
  kernels::relu(x.value(), y);
  return record(y, {x}, [x = x.slot(), y](const Tensor& dy) {
    if (const auto dx = x.contribution()) kernels::relu_backward(dy, y, dx);
  });
}

}  // namespace mini_bert
