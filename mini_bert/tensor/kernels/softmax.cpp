#include "mini_bert/tensor/kernels/softmax.h"

#include "mini_bert/tensor/kernels/activations.h"
#include "mini_bert/tensor/kernels/elementwise.h"
#include "mini_bert/tensor/simd/kernels.h"

namespace mini_bert::kernels {

void softmax(const Tensor& x, Tensor& y) {
  visit_activation(x.dtype(), [&]<class T>() {
    if (const auto* const simd = simd::loops<T>()) {
      const Index cols = x.cols();
      return for_each_row_chunk(x.rows(), cols, [&](Index begin, Index end) {
        simd->softmax.forward(x.data<T>() + begin * cols, end - begin, cols, y.data<T>() + begin * cols);
      });
    }
    for_each_row(x.rows(), x.cols(), [&](Index t) {
      const RowArray<Arithmetic<T>> x_t = read_row<T>(x, t), e = (x_t - x_t.maxCoeff()).exp();
      write_row<T>(y, t, e / e.sum());
    });
  });
}

void softmax_backward(const Tensor& dy, const Tensor& y, const Gradient& dx) {
  visit_activation(y.dtype(), [&]<class T>() {
    if (const auto* const simd = simd::loops<T>()) {
      const Index cols = y.cols();
      return for_each_row_chunk(y.rows(), cols, [&](Index begin, Index end) {
        simd->softmax.backward(dy.data<T>() + begin * cols, y.data<T>() + begin * cols, end - begin, cols,
                               dx.accumulates(), dx.tensor().data<T>() + begin * cols);
      });
    }
    for_each_row(y.rows(), y.cols(), [&](Index t) {
      const RowArray<Arithmetic<T>> y_t = read_row<T>(y, t), dy_t = read_row<T>(dy, t);
      put_row<T>(dx, t, y_t * (dy_t - (dy_t * y_t).sum()));
    });
  });
}

}  // namespace mini_bert::kernels
