#include "tensor/kernels/convert.h"

#include "tensor/kernels/activations.h"
#include "tensor/kernels/elementwise.h"

namespace mini_bert::kernels {

void convert(const Tensor& x, Tensor& y) {
  convert_backward(x, {y, Output::replace});
}

void convert_backward(const Tensor& dy, const Gradient& dx) {
  visit_activation(dy.dtype(), [&]<class From>() {
    visit_activation(dx.tensor().dtype(), [&]<class To>() {
      for_each_chunk(dy.size(), [&](Index begin, Index end) {
        put<To>(dx, begin, end, read<From>(dy, begin, end).template cast<Arithmetic<To>>());
      });
    });
  });
}

}  // namespace mini_bert::kernels
