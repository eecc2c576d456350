#include "mini_bert/tensor/kernels/segment_mean.h"

#include "mini_bert/tensor/eigen.h"
#include "mini_bert/tensor/parallel.h"

namespace mini_bert::kernels {

void segment_mean(const Tensor& x, const SequenceOffsets& segments, Tensor& y) {
  visit_float(x.dtype(), [&]<class T>() {
    parallel_for(segments.count(), 1, [&](Index s) {
      const auto rows = block<T>(x, segments.begin(s), 0, segments.length(s), x.cols()).array();
      row<T>(y, s) = rows.colwise().sum() / static_cast<T>(segments.length(s));
    });
  });
}

void segment_mean_backward(const Tensor& dy, const SequenceOffsets& segments, const Gradient& dx) {
  visit_float(dy.dtype(), [&]<class T>() {
    parallel_for(segments.count(), 1, [&](Index s) {
      const T share = T(1) / static_cast<T>(segments.length(s));
      for (Index t = segments.begin(s); t < segments.end(s); ++t) {
        put(dx, row<T>(dx.tensor(), t), share * row<T>(dy, s));
      }
    });
  });
}

}  // namespace mini_bert::kernels
