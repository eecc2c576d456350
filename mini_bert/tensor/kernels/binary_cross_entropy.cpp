#include "mini_bert/tensor/kernels/binary_cross_entropy.h"

#include <cmath>

#include "mini_bert/tensor/eigen.h"
#include "mini_bert/tensor/kernels/elementwise.h"

namespace mini_bert::kernels {

void binary_cross_entropy(const Tensor& logits, const Tensor& targets, double divisor, Tensor& loss) {
  visit_float(logits.dtype(), [&]<class T>() {
    const auto z = logits.values<T>(), t = targets.values<T>();
    double sum = 0;  // in double, in order
    for (std::size_t i = 0; i < z.size(); ++i) {
      const double logit = z[i];
      sum += std::max(logit, 0.0) - logit * t[i] + std::log1p(std::exp(-std::abs(logit)));
    }
    loss.data<T>()[0] = static_cast<T>(sum / divisor);
  });
}

void binary_cross_entropy_backward(const Tensor& dloss, const Tensor& logits, const Tensor& targets, double divisor,
                                   const Gradient& dlogits) {
  visit_float(logits.dtype(), [&]<class T>() {
    const T scale = dloss.data<T>()[0] / static_cast<T>(divisor);
    for_each_chunk(logits.size(), [&](Index begin, Index end) {
      const auto z = elements<T>(logits, begin, end), t = elements<T>(targets, begin, end);
      // σ(z) = ½(1 + tanh(z/2))
      put(dlogits, elements<T>(dlogits.tensor(), begin, end), scale * (T(0.5) * (T(1) + (T(0.5) * z).tanh()) - t));
    });
  });
}

}  // namespace mini_bert::kernels
