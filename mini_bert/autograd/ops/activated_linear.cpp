#include "mini_bert/autograd/ops/activated_linear.h"

#include "mini_bert/autograd/ops/linear.h"
#include "mini_bert/autograd/tape.h"

namespace mini_bert {

Var activated_linear(const Var& x, Activation activation, const Weight& weight, const Var& bias) {
  const profile::Timed timed("activated_linear");
  check_linear("activated_linear", x, weight, bias);
  Tensor y({x.shape()[0], weight.shape()[0]}, x.dtype());
  kernels::activated_linear(x.value(), activation, weight.to_multiply(), bias.value(), y);
  return record(y, {x, weight.var(), bias}, [x, activation, weight, bias = bias.slot()](const Tensor& dy) {
    const auto dweight = weight.gradient(), dbias = bias.contribution();
    kernels::activated_linear_backward_weight(dy, x.value(), activation, dweight, dbias);
    if (const auto dx = x.gradient()) {
      kernels::activated_linear_backward_input(dy, x.value(), activation, weight.stored(), dx);
    }
  });
}

}  // namespace mini_bert
