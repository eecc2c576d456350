#include "mini_bert/tensor/kernels/segment_cross_entropy.h"

#include <cmath>

#include "mini_bert/tensor/eigen.h"
#include "mini_bert/tensor/parallel.h"

namespace mini_bert::kernels {

void segment_cross_entropy(const Tensor& logits, const SequenceOffsets& segments, const Tensor& labels, double divisor,
                           Tensor& loss, Tensor& log_sum_exp) {
  const Index C = logits.cols();
  const auto label = labels.values<std::int32_t>();
  visit_float(logits.dtype(), [&]<class T>() {
    parallel_for(segments.count(), 1, [&](Index s) {
      const auto z = block<T>(logits, segments.begin(s), 0, segments.length(s), C).array();
      const RowArray<T> maximum = z.colwise().maxCoeff();
      row<T>(log_sum_exp, s) = maximum + (z.rowwise() - maximum).exp().colwise().sum().log();
    });
    double sum = 0;  // in double, in order
    for (Index s = 0; s < segments.count(); ++s) {
      for (Index c = 0; c < C; ++c) {
        const Index row = segments.begin(s) + label[s * C + c];
        sum += static_cast<double>(log_sum_exp.data<T>()[s * C + c]) - logits.data<T>()[row * C + c];
      }
    }
    loss.data<T>()[0] = static_cast<T>(sum / divisor);
  });
}

void segment_cross_entropy_backward(const Tensor& dloss, const Tensor& logits, const SequenceOffsets& segments,
                                    const Tensor& labels, double divisor, const Tensor& log_sum_exp,
                                    const Gradient& dlogits) {
  const Index C = logits.cols();
  const auto label = labels.values<std::int32_t>();
  visit_float(logits.dtype(), [&]<class T>() {
    const T scale = dloss.data<T>()[0] / static_cast<T>(divisor);
    parallel_for(segments.count(), 1, [&](Index s) {
      const RowArray<T> lse = row<T>(log_sum_exp, s);
      for (Index t = segments.begin(s); t < segments.end(s); ++t) {
        put(dlogits, row<T>(dlogits.tensor(), t), scale * (row<T>(logits, t) - lse).exp());
      }
      for (Index c = 0; c < C; ++c) dlogits.tensor().data<T>()[(segments.begin(s) + label[s * C + c]) * C + c] -= scale;
    });
  });
}

}  // namespace mini_bert::kernels
