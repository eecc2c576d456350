#include "mini_bert/tensor/kernels/dropout.h"

#include "mini_bert/tensor/kernels/elements.h"
#include "mini_bert/tensor/kernels/elementwise.h"
#include "mini_bert/tensor/simd/kernels.h"

namespace mini_bert::kernels {
namespace {

template <class Element>
RowArray<Arithmetic<Element>> mask_of(double p, const RandomKey& key, Index begin, Index end) {
  RowArray<Arithmetic<Element>> mask(end - begin);
  dropout_mask(p, key, static_cast<std::uint64_t>(begin), end - begin, mask.data());
  return mask;
}

}  // namespace

void dropout(const Tensor& x, double p, const RandomKey& key, Tensor& y) {
  visit_stored(x.dtype(), [&]<class Element>() {
    if (const auto* const loops = simd::loops<Element>()) {
      return for_each_chunk(x.size(), [&](Index begin, Index end) {
        loops->dropout.forward(x.data<Element>() + begin, p, key, static_cast<std::uint64_t>(begin), end - begin, false,
                               y.data<Element>() + begin);
      });
    }
    for_each_chunk(x.size(), [&](Index begin, Index end) {
      write<Element>(y, begin, end, read<Element>(x, begin, end) * mask_of<Element>(p, key, begin, end));
    });
  });
}

void dropout_backward(const Tensor& dy, double p, const RandomKey& key, const Gradient& dx) {
  visit_stored(dy.dtype(), [&]<class Element>() {
    if (const auto* const loops = simd::loops<Element>()) {
      return for_each_chunk(dy.size(), [&](Index begin, Index end) {
        loops->dropout.forward(dy.data<Element>() + begin, p, key, static_cast<std::uint64_t>(begin), end - begin,
                               dx.accumulates(), dx.tensor().data<Element>() + begin);
      });
    }
    for_each_chunk(dy.size(), [&](Index begin, Index end) {
      put<Element>(dx, begin, end, read<Element>(dy, begin, end) * mask_of<Element>(p, key, begin, end));
    });
  });
}

}  // namespace mini_bert::kernels
