#include "mini_bert/autograd/ops/tanh.h"

#include "mini_bert/autograd/tape.h"
#include "mini_bert/tensor/kernels/tanh.h"

namespace mini_bert {

Var tanh(const Var& x) {
  const profile::Timed timed("tanh");
  Tensor y(x.shape(), x.dtype());
  kernels::tanh(x.value(), y);
  return record(y, {x}, [x = x.slot(), y](const Tensor& dy) {
    if (const auto dx = x.contribution()) kernels::tanh_backward(dy, y, dx);
  });
}

}  // namespace mini_bert
