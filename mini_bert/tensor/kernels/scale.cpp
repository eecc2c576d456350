#include "mini_bert/tensor/kernels/scale.h"

#include "mini_bert/tensor/kernels/elements.h"
#include "mini_bert/tensor/kernels/elementwise.h"
#include "mini_bert/tensor/simd/kernels.h"

namespace mini_bert::kernels {

void scale(const Tensor& x, double a, Tensor& y) {
  visit_stored(x.dtype(), [&]<class Element>() {
    if (const auto* const loops = simd::loops<Element>()) {
      return for_each_chunk(x.size(), [&](Index begin, Index end) {
        loops->scale.forward(x.data<Element>() + begin, static_cast<float>(a), end - begin, false,
                             y.data<Element>() + begin);
      });
    }
    for_each_chunk(x.size(), [&](Index begin, Index end) {
      write<Element>(y, begin, end, static_cast<Arithmetic<Element>>(a) * read<Element>(x, begin, end));
    });
  });
}

void scale_backward(const Tensor& dy, double a, const Gradient& dx) {
  visit_stored(dy.dtype(), [&]<class Element>() {
    if (const auto* const loops = simd::loops<Element>()) {
      return for_each_chunk(dy.size(), [&](Index begin, Index end) {
        loops->scale.forward(dy.data<Element>() + begin, static_cast<float>(a), end - begin, dx.accumulates(),
                             dx.tensor().data<Element>() + begin);
      });
    }
    for_each_chunk(dy.size(), [&](Index begin, Index end) {
      put<Element>(dx, begin, end, static_cast<Arithmetic<Element>>(a) * read<Element>(dy, begin, end));
    });
  });
}

}  // namespace mini_bert::kernels
