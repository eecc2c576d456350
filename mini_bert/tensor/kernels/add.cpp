#include "mini_bert/tensor/kernels/add.h"

#include "mini_bert/tensor/kernels/activations.h"
#include "mini_bert/tensor/kernels/elementwise.h"
#include "mini_bert/tensor/simd/kernels.h"

namespace mini_bert::kernels {

void add(const Tensor& x, const Tensor& y, Tensor& z) {
  visit_activation(x.dtype(), [&]<class T>() {
    if (const auto* const simd = simd::loops<T>()) {
      return for_each_chunk(x.size(), [&](Index begin, Index end) {
        simd->add.forward(x.data<T>() + begin, y.data<T>() + begin, end - begin, z.data<T>() + begin);
      });
    }
    for_each_chunk(x.size(), [&](Index begin, Index end) {
      write<T>(z, begin, end, read<T>(x, begin, end) + read<T>(y, begin, end));
    });
  });
}

void add_backward(const Tensor& dz, const Gradient& dx) {
  visit_activation(dz.dtype(), [&]<class T>() {
    if (const auto* const simd = simd::loops<T>()) {
      return for_each_chunk(dz.size(), [&](Index begin, Index end) {
        simd->add.backward(dz.data<T>() + begin, end - begin, dx.accumulates(), dx.tensor().data<T>() + begin);
      });
    }
    for_each_chunk(dz.size(), [&](Index begin, Index end) { put<T>(dx, begin, end, read<T>(dz, begin, end)); });
  });
}

}  // namespace mini_bert::kernels
