#include "mini_bert/autograd/ops/matmul.h"

#include "mini_bert/autograd/tape.h"
#include "mini_bert/tensor/kernels/matmul.h"

namespace mini_bert {

Var matmul(const Var& a, const Var& b) {
  const profile::Timed timed("matmul");
  require(a.shape().rank() == 2 && b.shape().rank() == 2, "matmul: a and b must be matrices, got {} and {}", a.shape(),
          b.shape());
  require(b.shape()[0] == a.shape()[1], "matmul: b must be [{},N], got {} (a is {})", a.shape()[1], b.shape(),
          a.shape());
  require(arithmetic_dtype(a.dtype()) == arithmetic_dtype(b.dtype()), "matmul: b is {}, which does not go with {}",
          name_of(b.dtype()), name_of(a.dtype()));
  Tensor c({a.shape()[0], b.shape()[1]}, a.dtype());
  kernels::matmul(a.value(), b.value(), c, kernels::Output::replace);
  return record(c, {a, b}, [a, b](const Tensor& dc) {
    // In the order in which the kernel writes them, because a and b may be one Var.
    const auto da = a.gradient(), db = b.gradient();
    kernels::matmul_backward(dc, a.value(), b.value(), da, db);
  });
}

}  // namespace mini_bert
