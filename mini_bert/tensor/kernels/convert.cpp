#include "mini_bert/tensor/kernels/convert.h"

#include <type_traits>

#include "mini_bert/tensor/kernels/elements.h"
#include "mini_bert/tensor/kernels/elementwise.h"
#include "mini_bert/tensor/simd/kernels.h"

namespace mini_bert::kernels {
void convert(const Tensor& x, Tensor& y) {
  convert_backward(x, {y, Output::replace});
}

void convert_backward(const Tensor& dy, const Gradient& dx) {
  visit_stored(dy.dtype(), [&]<class From>() {
    visit_stored(dx.tensor().dtype(), [&]<class To>() {
      if constexpr (std::is_same_v<From, typename simd::ConvertLoops<To>::Other>) {
        if (const auto* const loops = simd::loops<To>()) {
          return for_each_chunk(dy.size(), [&](Index begin, Index end) {
            loops->convert.forward(dy.data<From>() + begin, end - begin, dx.accumulates(),
                                   dx.tensor().data<To>() + begin);
          });
        }
      }
      for_each_chunk(dy.size(), [&](Index begin, Index end) {
        put<To>(dx, begin, end, read<From>(dy, begin, end).template cast<Arithmetic<To>>());
      });
    });
  });
}

}  // namespace mini_bert::kernels
