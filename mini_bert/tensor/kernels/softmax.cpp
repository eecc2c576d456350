#include "mini_bert/tensor/kernels/softmax.h"

#include "mini_bert/tensor/kernels/elements.h"
#include "mini_bert/tensor/kernels/elementwise.h"
#include "mini_bert/tensor/simd/kernels.h"

namespace mini_bert::kernels {

void softmax(const Tensor& x, Tensor& y) {
  visit_stored(x.dtype(), [&]<class Element>() {
    if (const auto* const loops = simd::loops<Element>()) {
      const Index cols = x.cols();
      return for_each_row_chunk(x.rows(), cols, [&](Index begin, Index end) {
        loops->softmax.forward(x.data<Element>() + begin * cols, end - begin, cols, y.data<Element>() + begin * cols);
      });
    }
    for_each_row(x.rows(), x.cols(), [&](Index t) {
      const RowArray<Arithmetic<Element>> x_t = read_row<Element>(x, t), e = (x_t - x_t.maxCoeff()).exp();
      write_row<Element>(y, t, e / e.sum());
    });
  });
}

void softmax_backward(const Tensor& dy, const Tensor& y, const Gradient& dx) {
  visit_stored(y.dtype(), [&]<class Element>() {
    if (const auto* const loops = simd::loops<Element>()) {
      const Index cols = y.cols();
      return for_each_row_chunk(y.rows(), cols, [&](Index begin, Index end) {
        loops->softmax.backward(dy.data<Element>() + begin * cols, y.data<Element>() + begin * cols, end - begin, cols,
                                dx.accumulates(), dx.tensor().data<Element>() + begin * cols);
      });
    }
    for_each_row(y.rows(), y.cols(), [&](Index t) {
      const RowArray<Arithmetic<Element>> y_t = read_row<Element>(y, t), dy_t = read_row<Element>(dy, t);
      put_row<Element>(dx, t, y_t * (dy_t - (dy_t * y_t).sum()));
    });
  });
}

}  // namespace mini_bert::kernels
