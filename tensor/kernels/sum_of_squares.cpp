#include "tensor/kernels/sum_of_squares.h"

#include <numeric>

#include "tensor/eigen.h"
#include "tensor/parallel.h"

namespace mini_bert::kernels {

double sum_of_squares(const Tensor& x) {
  constexpr Index chunk = 16384;
  std::vector<double> partial(static_cast<std::size_t>((x.size() + chunk - 1) / chunk));
  visit_float(x.dtype(), [&]<class T>() {
    parallel_for_chunks(x.size(), chunk, [&](Index begin, Index end) {
      partial[begin / chunk] = elements<T>(x, begin, end).template cast<double>().square().sum();
    });
  });
  return std::accumulate(partial.begin(), partial.end(), 0.0);
}

}  // namespace mini_bert::kernels
