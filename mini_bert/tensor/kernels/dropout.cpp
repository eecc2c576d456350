#include "mini_bert/tensor/kernels/dropout.h"

#include "mini_bert/tensor/kernels/activations.h"
#include "mini_bert/tensor/kernels/elementwise.h"
#include "mini_bert/tensor/simd/kernels.h"

namespace mini_bert::kernels {
namespace {

template <class T>
RowArray<Arithmetic<T>> mask_of(double p, const RandomKey& key, Index begin, Index end) {
  RowArray<Arithmetic<T>> mask(end - begin);
  dropout_mask(p, key, static_cast<std::uint64_t>(begin), end - begin, mask.data());
  return mask;
}

}  // namespace

void dropout(const Tensor& x, double p, const RandomKey& key, Tensor& y) {
  visit_activation(x.dtype(), [&]<class T>() {
    if (const auto* const simd = simd::loops<T>()) {
      return for_each_chunk(x.size(), [&](Index begin, Index end) {
        simd->dropout.forward(x.data<T>() + begin, p, key, static_cast<std::uint64_t>(begin), end - begin, false,
                              y.data<T>() + begin);
      });
    }
    for_each_chunk(x.size(), [&](Index begin, Index end) {
      write<T>(y, begin, end, read<T>(x, begin, end) * mask_of<T>(p, key, begin, end));
    });
  });
}

void dropout_backward(const Tensor& dy, double p, const RandomKey& key, const Gradient& dx) {
  visit_activation(dy.dtype(), [&]<class T>() {
    if (const auto* const simd = simd::loops<T>()) {
      return for_each_chunk(dy.size(), [&](Index begin, Index end) {
        simd->dropout.forward(dy.data<T>() + begin, p, key, static_cast<std::uint64_t>(begin), end - begin,
                              dx.accumulates(), dx.tensor().data<T>() + begin);
      });
    }
    for_each_chunk(dy.size(), [&](Index begin, Index end) {
      put<T>(dx, begin, end, read<T>(dy, begin, end) * mask_of<T>(p, key, begin, end));
    });
  });
}

}  // namespace mini_bert::kernels
