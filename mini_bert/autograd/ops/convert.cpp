#include "mini_bert/autograd/ops/convert.h"

#include "mini_bert/autograd/tape.h"
#include "mini_bert/tensor/kernels/convert.h"

namespace mini_bert {

Var convert(const Var& x, DType dtype) {
  const profile::Timed timed("convert");
  if (x.dtype() == dtype) return x;
  Tensor y(x.shape(), dtype);
  kernels::convert(x.value(), y);
  return record(y, {x}, [x = x.slot()](const Tensor& dy) {
    if (const auto dx = x.contribution()) kernels::convert_backward(dy, dx);
  });
}

}  // namespace mini_bert
