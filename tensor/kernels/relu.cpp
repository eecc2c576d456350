#include "tensor/kernels/relu.h"

#include "tensor/kernels/activations.h"
#include "tensor/kernels/elementwise.h"

namespace mini_bert::kernels {

void relu(const Tensor& x, Tensor& y) {
  visit_activation(x.dtype(), [&]<class T>() {
    using A = Arithmetic<T>;
    for_each_chunk(x.size(), [&](Index begin, Index end) {
      const RowArray<A> part = read<T>(x, begin, end);
      write<T>(y, begin, end, (part < A(0)).select(A(0), part));  // keeps NaN, which a maximum may not
    });
  });
}

void relu_backward(const Tensor& dy, const Tensor& y, const Gradient& dx) {
  visit_activation(y.dtype(), [&]<class T>() {
    using A = Arithmetic<T>;
    for_each_chunk(y.size(), [&](Index begin, Index end) {
      const RowArray<A> slope = (read<T>(y, begin, end) > A(0)).template cast<A>();
      put<T>(dx, begin, end, slope * read<T>(dy, begin, end));
    });
  });
}

}  // namespace mini_bert::kernels
