#include "tensor/kernels/tanh.h"

#include "tensor/eigen.h"
#include "tensor/kernels/elementwise.h"

namespace mini_bert::kernels {

void tanh(const Tensor& x, Tensor& y) {
  visit_float(x.dtype(), [&]<class T>() {
    for_each_chunk(x.size(),
                   [&](Index begin, Index end) { elements<T>(y, begin, end) = elements<T>(x, begin, end).tanh(); });
  });
}

void tanh_backward(const Tensor& dy, const Tensor& y, const Gradient& dx) {
  visit_float(y.dtype(), [&]<class T>() {
    for_each_chunk(y.size(), [&](Index begin, Index end) {
      put(dx, elements<T>(dx.tensor(), begin, end),
          elements<T>(dy, begin, end) * (T(1) - elements<T>(y, begin, end).square()));
    });
  });
}

}  // namespace mini_bert::kernels
