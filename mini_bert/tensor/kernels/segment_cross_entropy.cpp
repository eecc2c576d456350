#include "mini_bert/tensor/kernels/segment_cross_entropy.h"

#include <cmath>

#include "mini_bert/tensor/eigen.h"
#include "mini_bert/tensor/parallel.h"

namespace mini_bert::kernels {

void segment_cross_entropy(const Tensor& logits, const SequenceOffsets& segments, const Tensor& labels, double divisor,
                           Tensor& loss, Tensor& log_sum_exp) {
  const Index C = logits.cols();
  const auto label = labels.values<std::int32_t>();
  visit_float(logits.dtype(), [&]<class Element>() {
    parallel_for(segments.count(), 1, [&](Index s) {
      const auto z = block<Element>(logits, segments.begin(s), 0, segments.length(s), C).array();
      const RowArray<Element> maximum = z.colwise().maxCoeff();
      row<Element>(log_sum_exp, s) = maximum + (z.rowwise() - maximum).exp().colwise().sum().log();
    });
    double sum = 0;  // double, and in order: many terms are added
    for (Index s = 0; s < segments.count(); ++s) {
      for (Index c = 0; c < C; ++c) {
        const Index row = segments.begin(s) + label[s * C + c];
        sum += static_cast<double>(log_sum_exp.data<Element>()[s * C + c]) - logits.data<Element>()[row * C + c];
      }
    }
    loss.data<Element>()[0] = static_cast<Element>(sum / divisor);
  });
}

void segment_cross_entropy_backward(const Tensor& dloss, const Tensor& logits, const SequenceOffsets& segments,
                                    const Tensor& labels, double divisor, const Tensor& log_sum_exp,
                                    const Gradient& dlogits) {
  const Index C = logits.cols();
  const auto label = labels.values<std::int32_t>();
  visit_float(logits.dtype(), [&]<class Element>() {
    const Element scale = dloss.data<Element>()[0] / static_cast<Element>(divisor);
    parallel_for(segments.count(), 1, [&](Index s) {
      const RowArray<Element> lse = row<Element>(log_sum_exp, s);
      for (Index t = segments.begin(s); t < segments.end(s); ++t) {
        put(dlogits, row<Element>(dlogits.tensor(), t), scale * (row<Element>(logits, t) - lse).exp());
      }
      for (Index c = 0; c < C; ++c)
        dlogits.tensor().data<Element>()[(segments.begin(s) + label[s * C + c]) * C + c] -= scale;
    });
  });
}

}  // namespace mini_bert::kernels
