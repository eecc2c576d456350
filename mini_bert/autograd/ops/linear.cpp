#include "mini_bert/autograd/ops/linear.h"

#include "mini_bert/autograd/tape.h"
#include "mini_bert/tensor/kernels/linear.h"

namespace mini_bert {

Var linear(const Var& x, const Weight& weight, const Var& bias) {
  return linear(x, weight, bias, x.dtype());
}

Var linear(const Var& x, const Weight& weight, const Var& bias, DType result) {
  const profile::Timed timed("linear");
  check_linear("linear", x, weight, bias);
  Tensor y({x.shape()[0], weight.shape()[0]}, result);
  kernels::linear(x.value(), weight.to_multiply(), bias.value(), y);
  return record(y, {x, weight.var(), bias}, [x, weight, bias = bias.slot()](const Tensor& dy) {
    // In the order in which they are written: x and weight may be one.
    const auto dx = x.gradient(), dweight = weight.gradient(), dbias = bias.contribution();
    kernels::linear_backward(dy, x.value(), weight.stored(), dx, dweight, dbias);
  });
}

void check_linear(const char* operation, const Var& x, const Weight& weight, const Var& bias) {
  require(x.shape().rank() == 2, "{}: x must be [T,in], got {}", operation, x.shape());
  require(weight.shape().rank() == 2 && weight.shape()[1] == x.shape()[1],
          "{}: weight must be [out,{}], got {} (x is {})", operation, x.shape()[1], weight.shape(), x.shape());
  require(bias.shape() == Shape{weight.shape()[0]}, "{}: bias must be [{}], got {} (weight is {})", operation,
          weight.shape()[0], bias.shape(), weight.shape());
  const DType arithmetic = arithmetic_dtype(x.dtype());
  require(arithmetic_dtype(weight.dtype()) == arithmetic, "{}: weight must be {}, got {} (x is {})", operation,
          name_of(arithmetic), name_of(weight.dtype()), name_of(x.dtype()));
}

}  // namespace mini_bert
