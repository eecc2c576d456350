#include "mini_bert/tensor/kernels/binary_cross_entropy.h"

#include <cmath>

#include "mini_bert/tensor/eigen.h"
#include "mini_bert/tensor/kernels/elementwise.h"

namespace mini_bert::kernels {

void binary_cross_entropy(const Tensor& logits, const Tensor& targets, double divisor, Tensor& loss) {
  visit_float(logits.dtype(), [&]<class Element>() {
    const auto z = logits.values<Element>(), t = targets.values<Element>();
    double sum = 0;  // double, and in order: many terms are added
    for (std::size_t i = 0; i < z.size(); ++i) {
      const double logit = z[i];
      sum += std::max(logit, 0.0) - logit * t[i] + std::log1p(std::exp(-std::abs(logit)));
    }
    loss.data<Element>()[0] = static_cast<Element>(sum / divisor);
  });
}

void binary_cross_entropy_backward(const Tensor& dloss, const Tensor& logits, const Tensor& targets, double divisor,
                                   const Gradient& dlogits) {
  visit_float(logits.dtype(), [&]<class Element>() {
    const Element scale = dloss.data<Element>()[0] / static_cast<Element>(divisor);
    for_each_chunk(logits.size(), [&](Index begin, Index end) {
      const auto z = elements<Element>(logits, begin, end), t = elements<Element>(targets, begin, end);
      // σ(z) = ½(1 + tanh(z/2))
      put(dlogits, elements<Element>(dlogits.tensor(), begin, end),
          scale * (Element(0.5) * (Element(1) + (Element(0.5) * z).tanh()) - t));
    });
  });
}

}  // namespace mini_bert::kernels
