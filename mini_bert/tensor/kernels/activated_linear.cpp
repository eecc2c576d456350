#include "mini_bert/tensor/kernels/activated_linear.h"

#include "mini_bert/tensor/kernels/gelu.h"
#include "mini_bert/tensor/kernels/linear.h"
#include "mini_bert/tensor/kernels/relu.h"

namespace mini_bert::kernels {
namespace {

Gelu form_of(Activation activation) {
  return activation == Activation::gelu ? Gelu::erf : Gelu::tanh;
}

void activate_backward(const Tensor& dy, const Tensor& x, Activation activation, const Gradient& dx) {
  // The sign of ReLU's output is that of its input.
  if (activation == Activation::relu) return relu_backward(dy, x, dx);
  gelu_backward(dy, x, form_of(activation), dx);
}

}  // namespace

void activate(const Tensor& x, Activation activation, Tensor& y) {
  if (activation == Activation::relu) return relu(x, y);
  gelu(x, form_of(activation), y);
}

void activated_linear(const Tensor& x, Activation activation, const StoredWeight& weight, const Tensor& bias,
                      Tensor& y) {
  Tensor activated(x.shape(), x.dtype());
  activate(x, activation, activated);
  linear(activated, weight, bias, y);
}

void activated_linear_backward_weight(const Tensor& dy, const Tensor& x, Activation activation, const Gradient& dweight,
                                      const Gradient& dbias) {
  Tensor activated(x.shape(), x.dtype());
  if (dweight) activate(x, activation, activated);
  linear_backward(dy, activated, {}, {}, dweight, dbias);
}

void activated_linear_backward_input(const Tensor& dy, const Tensor& x, Activation activation,
                                     const StoredWeight& weight, const Gradient& dx) {
  // dy·W goes where dx will be, if nothing is there yet: φ′ is multiplied in element by element.
  Tensor product = dx.accumulates() ? Tensor(x.shape(), x.dtype()) : dx.tensor();
  linear_backward(dy, x, weight, Gradient(product, Output::replace), {}, {});
  activate_backward(product, x, activation, dx);
}

}  // namespace mini_bert::kernels
