#include "tensor/kernels/relu.h"

#include "tensor/eigen.h"
#include "tensor/kernels/elementwise.h"

namespace mini_bert::kernels {

void relu(const Tensor& x, Tensor& y) {
  visit_float(x.dtype(), [&]<class T>() {
    for_each_chunk(x.size(), [&](Index begin, Index end) {
      const auto part = elements<T>(x, begin, end);
      elements<T>(y, begin, end) = (part < T(0)).select(T(0), part);  // keeps NaN, which a maximum may not
    });
  });
}

void relu_backward(const Tensor& dy, const Tensor& y, const Gradient& dx) {
  visit_float(y.dtype(), [&]<class T>() {
    for_each_chunk(y.size(), [&](Index begin, Index end) {
      put(dx, elements<T>(dx.tensor(), begin, end),
          (elements<T>(y, begin, end) > T(0)).select(elements<T>(dy, begin, end), T(0)));
    });
  });
}

}  // namespace mini_bert::kernels
