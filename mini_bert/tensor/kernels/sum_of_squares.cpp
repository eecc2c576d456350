#include "mini_bert/tensor/kernels/sum_of_squares.h"

#include <numeric>

#include "mini_bert/tensor/eigen.h"
#include "mini_bert/tensor/parallel.h"
#include "mini_bert/tensor/simd/kernels.h"

namespace mini_bert::kernels {

double sum_of_squares(const Tensor& x) {
  constexpr Index chunk = 16384;
  Tensor partial({(x.size() + chunk - 1) / chunk}, DType::f64);
  const simd::Kernels* const simd = x.dtype() == DType::f32 ? simd::kernels() : nullptr;
  visit_float(x.dtype(), [&]<class T>() {
    parallel_for_chunks(x.size(), chunk, [&](Index begin, Index end) {
      double& sum = partial.data<double>()[begin / chunk];
      if (simd != nullptr) {
        sum = simd->parameters.sum_of_squares(x.data<float>() + begin, end - begin);
      } else {
        sum = elements<T>(x, begin, end).template cast<double>().square().sum();
      }
    });
  });
  const auto sums = partial.values<double>();
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

}  // namespace mini_bert::kernels
