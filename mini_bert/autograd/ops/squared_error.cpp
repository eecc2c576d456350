#include "mini_bert/autograd/ops/squared_error.h"

#include "mini_bert/autograd/tape.h"
#include "mini_bert/tensor/kernels/squared_error.h"

namespace mini_bert {

Var squared_error(const Var& x, const Tensor& targets, double divisor) {
  const profile::Timed timed("squared_error");
  require(targets.dtype() == x.dtype() && targets.shape() == x.shape(),
          "squared_error: targets must be {} {} like x, got {} {}", name_of(x.dtype()), x.shape(),
          name_of(targets.dtype()), targets.shape());
  require(divisor > 0, "squared_error: divisor must be above 0, got {}", divisor);
  Tensor loss({}, x.dtype());
  kernels::squared_error(x.value(), targets, divisor, loss);
  return record(loss, {x}, [x, targets, divisor](const Tensor& dloss) {
    if (const auto dx = x.gradient()) kernels::squared_error_backward(dloss, x.value(), targets, divisor, dx);
  });
}

}  // namespace mini_bert
