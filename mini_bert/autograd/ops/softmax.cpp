#include "mini_bert/autograd/ops/softmax.h"

#include "mini_bert/autograd/tape.h"
#include "mini_bert/tensor/kernels/softmax.h"

namespace mini_bert {

Var softmax(const Var& x) {
  const profile::Timed timed("softmax");
  require(x.shape().cols() > 0, "softmax: rows must not be empty, got {}", x.shape());
  Tensor y(x.shape(), x.dtype());
  kernels::softmax(x.value(), y);
  return record(y, {x}, [x = x.slot(), y](const Tensor& dy) {
    if (const auto dx = x.contribution()) kernels::softmax_backward(dy, y, dx);
  });
}

}  // namespace mini_bert
