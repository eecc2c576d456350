#include "mini_bert/tensor/kernels/tanh.h"

#include "mini_bert/tensor/kernels/activations.h"
#include "mini_bert/tensor/kernels/elementwise.h"
#include "mini_bert/tensor/simd/kernels.h"

namespace mini_bert::kernels {

void tanh(const Tensor& x, Tensor& y) {
  visit_activation(x.dtype(), [&]<class T>() {
    if (const auto* const simd = simd::loops<T>()) {
      return for_each_chunk(x.size(), [&](Index begin, Index end) {
        simd->tanh.forward(x.data<T>() + begin, end - begin, y.data<T>() + begin);
      });
    }
    for_each_chunk(x.size(), [&](Index begin, Index end) { write<T>(y, begin, end, read<T>(x, begin, end).tanh()); });
  });
}

void tanh_backward(const Tensor& dy, const Tensor& y, const Gradient& dx) {
  visit_activation(y.dtype(), [&]<class T>() {
    if (const auto* const simd = simd::loops<T>()) {
      return for_each_chunk(y.size(), [&](Index begin, Index end) {
        simd->tanh.backward(dy.data<T>() + begin, y.data<T>() + begin, end - begin, dx.accumulates(),
                            dx.tensor().data<T>() + begin);
      });
    }
    for_each_chunk(y.size(), [&](Index begin, Index end) {
      put<T>(dx, begin, end, read<T>(dy, begin, end) * (Arithmetic<T>(1) - read<T>(y, begin, end).square()));
    });
  });
}

}  // namespace mini_bert::kernels
