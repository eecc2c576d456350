#include "mini_bert/tensor/kernels/convert.h"

#include "mini_bert/tensor/kernels/activations.h"
#include "mini_bert/tensor/kernels/elementwise.h"
#include "mini_bert/tensor/simd/kernels.h"

namespace mini_bert::kernels {
namespace {

bool fast_convert(const Tensor& dy, const Gradient& dx) {
  const simd::Kernels* const simd = simd::kernels();
  const bool widens = dy.dtype() == DType::bf16 && dx.tensor().dtype() == DType::f32;
  const bool narrows = dy.dtype() == DType::f32 && dx.tensor().dtype() == DType::bf16;
  if (simd == nullptr || !(widens || narrows)) return false;
  for_each_chunk(dy.size(), [&](Index begin, Index end) {
    const Index n = end - begin;
    if (widens) {
      simd->convert.widen(dy.data<BFloat16>() + begin, n, dx.accumulates(), dx.tensor().data<float>() + begin);
    } else {
      simd->convert.narrow(dy.data<float>() + begin, n, dx.accumulates(), dx.tensor().data<BFloat16>() + begin);
    }
  });
  return true;
}

}  // namespace

void convert(const Tensor& x, Tensor& y) {
  convert_backward(x, {y, Output::replace});
}

void convert_backward(const Tensor& dy, const Gradient& dx) {
  if (fast_convert(dy, dx)) return;
  visit_activation(dy.dtype(), [&]<class From>() {
    visit_activation(dx.tensor().dtype(), [&]<class To>() {
      for_each_chunk(dy.size(), [&](Index begin, Index end) {
        put<To>(dx, begin, end, read<From>(dy, begin, end).template cast<Arithmetic<To>>());
      });
    });
  });
}

}  // namespace mini_bert::kernels
