#include "mini_bert/tensor/kernels/tanh.h"

#include "mini_bert/tensor/kernels/elements.h"
#include "mini_bert/tensor/kernels/elementwise.h"
#include "mini_bert/tensor/simd/kernels.h"

namespace mini_bert::kernels {

void tanh(const Tensor& x, Tensor& y) {
  visit_stored(x.dtype(), [&]<class Element>() {
    if (const auto* const loops = simd::loops<Element>()) {
      return for_each_chunk(x.size(), [&](Index begin, Index end) {
        loops->tanh.forward(x.data<Element>() + begin, end - begin, y.data<Element>() + begin);
      });
    }
    for_each_chunk(x.size(),
                   [&](Index begin, Index end) { write<Element>(y, begin, end, read<Element>(x, begin, end).tanh()); });
  });
}

void tanh_backward(const Tensor& dy, const Tensor& y, const Gradient& dx) {
  visit_stored(y.dtype(), [&]<class Element>() {
    if (const auto* const loops = simd::loops<Element>()) {
      return for_each_chunk(y.size(), [&](Index begin, Index end) {
        loops->tanh.backward(dy.data<Element>() + begin, y.data<Element>() + begin, end - begin, dx.accumulates(),
                             dx.tensor().data<Element>() + begin);
      });
    }
    for_each_chunk(y.size(), [&](Index begin, Index end) {
      put<Element>(dx, begin, end,
                   read<Element>(dy, begin, end) * (Arithmetic<Element>(1) - read<Element>(y, begin, end).square()));
    });
  });
}

}  // namespace mini_bert::kernels
