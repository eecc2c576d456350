#include "mini_bert/tensor/kernels/sum_of_squares.h"

#include <numeric>

#include "mini_bert/tensor/eigen.h"
#include "mini_bert/tensor/parallel.h"
#include "mini_bert/tensor/simd/kernels.h"

namespace mini_bert::kernels {

double sum_of_squares(const Tensor& x) {
  constexpr Index chunk = 16384;
  Tensor partial({(x.size() + chunk - 1) / chunk}, DType::f64);
  const auto for_each_part = [&](const auto& sum_of) {
    parallel_for_chunks(x.size(), chunk,
                        [&](Index begin, Index end) { partial.data<double>()[begin / chunk] = sum_of(begin, end); });
  };
  visit_float(x.dtype(), [&]<class Element>() {
    if (const auto* const loops = simd::loops<Element>()) {
      return for_each_part(
          [&](Index begin, Index end) { return loops->sum_of_squares.sum(x.data<Element>() + begin, end - begin); });
    }
    for_each_part([&](Index begin, Index end) {
      return elements<Element>(x, begin, end).template cast<double>().square().sum();
    });
  });
  const auto sums = partial.values<double>();
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

}  // namespace mini_bert::kernels
