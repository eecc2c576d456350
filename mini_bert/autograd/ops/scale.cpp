#include "mini_bert/autograd/ops/scale.h"

#include "mini_bert/autograd/tape.h"
#include "mini_bert/tensor/kernels/scale.h"

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
