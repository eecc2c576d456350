#include "mini_bert/tensor/kernels/scale.h"

#include "mini_bert/tensor/kernels/activations.h"
#include "mini_bert/tensor/kernels/elementwise.h"
#include "mini_bert/tensor/simd/kernels.h"

namespace mini_bert::kernels {

void scale(const Tensor& x, double a, Tensor& y) {
  visit_activation(x.dtype(), [&]<class T>() {
    if (const auto* const simd = simd::loops<T>()) {
      return for_each_chunk(x.size(), [&](Index begin, Index end) {
        simd->scale.forward(x.data<T>() + begin, static_cast<float>(a), end - begin, false, y.data<T>() + begin);
      });
    }
    for_each_chunk(x.size(), [&](Index begin, Index end) {
      write<T>(y, begin, end, static_cast<Arithmetic<T>>(a) * read<T>(x, begin, end));
    });
  });
}

void scale_backward(const Tensor& dy, double a, const Gradient& dx) {
  visit_activation(dy.dtype(), [&]<class T>() {
    if (const auto* const simd = simd::loops<T>()) {
      return for_each_chunk(dy.size(), [&](Index begin, Index end) {
        simd->scale.forward(dy.data<T>() + begin, static_cast<float>(a), end - begin, dx.accumulates(),
                            dx.tensor().data<T>() + begin);
      });
    }
    for_each_chunk(dy.size(), [&](Index begin, Index end) {
      put<T>(dx, begin, end, static_cast<Arithmetic<T>>(a) * read<T>(dy, begin, end));
    });
  });
}

}  // namespace mini_bert::kernels
