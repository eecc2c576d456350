#include "mini_bert/tensor/kernels/add.h"

#include "mini_bert/tensor/kernels/elements.h"
#include "mini_bert/tensor/kernels/elementwise.h"
#include "mini_bert/tensor/simd/kernels.h"

namespace mini_bert::kernels {

void add(const Tensor& x, const Tensor& y, Tensor& z) {
  visit_stored(x.dtype(), [&]<class Element>() {
    if (const auto* const loops = simd::loops<Element>()) {
      return for_each_chunk(x.size(), [&](Index begin, Index end) {
        loops->add.forward(x.data<Element>() + begin, y.data<Element>() + begin, end - begin,
                           z.data<Element>() + begin);
      });
    }
    for_each_chunk(x.size(), [&](Index begin, Index end) {
      write<Element>(z, begin, end, read<Element>(x, begin, end) + read<Element>(y, begin, end));
    });
  });
}

void add_backward(const Tensor& dz, const Gradient& dx) {
  visit_stored(dz.dtype(), [&]<class Element>() {
    if (const auto* const loops = simd::loops<Element>()) {
      return for_each_chunk(dz.size(), [&](Index begin, Index end) {
        loops->add.backward(dz.data<Element>() + begin, end - begin, dx.accumulates(),
                            dx.tensor().data<Element>() + begin);
      });
    }
    for_each_chunk(dz.size(),
                   [&](Index begin, Index end) { put<Element>(dx, begin, end, read<Element>(dz, begin, end)); });
  });
}

}  // namespace mini_bert::kernels
