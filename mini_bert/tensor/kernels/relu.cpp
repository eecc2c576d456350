#include "mini_bert/tensor/kernels/relu.h"

#include "mini_bert/tensor/kernels/activations.h"
#include "mini_bert/tensor/kernels/elementwise.h"

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
      const RowArray<A> output = read<T>(y, begin, end), gradient = read<T>(dy, begin, end);
      put<T>(dx, begin, end, (output > A(0)).select(gradient, A(0)));
    });
  });
}

}  // namespace mini_bert::kernels
