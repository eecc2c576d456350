#include "mini_bert/tensor/kernels/activated_linear.h"

#include "mini_bert/tensor/kernels/linear.h"
#include "mini_bert/tensor/kernels/matmul_packed.h"

namespace mini_bert::kernels {

void activated_linear(const Tensor& x, Activation activation, const StoredWeight& weight, const Tensor& bias,
                      Tensor& y) {
  if (matmul_packed_activated(x, activation, weight, bias, y)) return;
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
  // If dx holds nothing yet, it holds dy·W first, which is then multiplied by φ′ in place.
  Tensor product = dx.accumulates() ? Tensor(x.shape(), x.dtype()) : dx.tensor();
  linear_backward(dy, x, weight, Gradient(product, Output::replace), {}, {});
  activate_backward(product, x, activation, dx);
}

}  // namespace mini_bert::kernels
