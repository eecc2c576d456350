#include "tensor/kernels/sum_of_squares.h"

#include <numeric>

#include "tensor/eigen.h"
#include "tensor/parallel.h"
#include "tensor/simd/kernels.h"

namespace mini_bert::kernels {

double sum_of_squares(const Tensor& x) {
  constexpr Index chunk = 16384;
  std::vector<double> partial(static_cast<std::size_t>((x.size() + chunk - 1) / chunk));
  const simd::Kernels* const simd = x.dtype() == DType::f32 ? simd::kernels() : nullptr;
  visit_float(x.dtype(), [&]<class T>() {
    parallel_for_chunks(x.size(), chunk, [&](Index begin, Index end) {
      if (simd != nullptr) {
        partial[begin / chunk] = simd->parameters.sum_of_squares(x.data<float>() + begin, end - begin);
        return;
      }
      partial[begin / chunk] = elements<T>(x, begin, end).template cast<double>().square().sum();
    });
  });
  return std::accumulate(partial.begin(), partial.end(), 0.0);
}

}  // namespace mini_bert::kernels
