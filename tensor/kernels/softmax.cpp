#include "tensor/kernels/softmax.h"

#include "tensor/eigen.h"
#include "tensor/kernels/elementwise.h"

namespace mini_bert::kernels {

void softmax(const Tensor& x, Tensor& y) {
  visit_float(x.dtype(), [&]<class T>() {
    for_each_row(x.rows(), x.cols(), [&](Index t) {
      const auto x_t = row<T>(x, t);
      auto y_t = row<T>(y, t);
      y_t = (x_t - x_t.maxCoeff()).exp();
      y_t /= y_t.sum();
    });
  });
}

void softmax_backward(const Tensor& dy, const Tensor& y, const Gradient& dx) {
  visit_float(y.dtype(), [&]<class T>() {
    for_each_row(y.rows(), y.cols(), [&](Index t) {
      const auto y_t = row<T>(y, t);
      const auto dy_t = row<T>(dy, t);
      put(dx, row<T>(dx.tensor(), t), y_t * (dy_t - (dy_t * y_t).sum()));
    });
  });
}

}  // namespace mini_bert::kernels
