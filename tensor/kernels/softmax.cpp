#include "tensor/kernels/softmax.h"

#include "tensor/eigen.h"
#include "tensor/kernels/elementwise.h"
#include "tensor/simd/kernels.h"

namespace mini_bert::kernels {

void softmax(const Tensor& x, Tensor& y) {
  visit_float(x.dtype(), [&]<class T>() {
    if (const auto* const simd = simd::loops<T>()) {
      const Index cols = x.cols();
      return for_each_row_chunk(x.rows(), cols, [&](Index begin, Index end) {
        simd->softmax.forward(x.data<T>() + begin * cols, end - begin, cols, y.data<T>() + begin * cols);
      });
    }
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
    if (const auto* const simd = simd::loops<T>()) {
      const Index cols = y.cols();
      return for_each_row_chunk(y.rows(), cols, [&](Index begin, Index end) {
        simd->softmax.backward(dy.data<T>() + begin * cols, y.data<T>() + begin * cols, end - begin, cols,
                               dx.accumulates(), dx.tensor().data<T>() + begin * cols);
      });
    }
    for_each_row(y.rows(), y.cols(), [&](Index t) {
      const auto y_t = row<T>(y, t);
      const auto dy_t = row<T>(dy, t);
      put(dx, row<T>(dx.tensor(), t), y_t * (dy_t - (dy_t * y_t).sum()));
    });
  });
}

}  // namespace mini_bert::kernels
