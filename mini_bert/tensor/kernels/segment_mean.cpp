#include "mini_bert/tensor/kernels/segment_mean.h"

#include "mini_bert/tensor/eigen.h"
#include "mini_bert/tensor/parallel.h"

namespace mini_bert::kernels {

void segment_mean(const Tensor& x, const SequenceOffsets& segments, Tensor& y) {
  visit_float(x.dtype(), [&]<class Element>() {
    parallel_for(segments.count(), 1, [&](Index s) {
      const auto rows = block<Element>(x, segments.begin(s), 0, segments.length(s), x.cols()).array();
      row<Element>(y, s) = rows.colwise().sum() / static_cast<Element>(segments.length(s));
    });
  });
}

void segment_mean_backward(const Tensor& dy, const SequenceOffsets& segments, const Gradient& dx) {
  visit_float(dy.dtype(), [&]<class Element>() {
    parallel_for(segments.count(), 1, [&](Index s) {
      const Element share = Element(1) / static_cast<Element>(segments.length(s));
      for (Index t = segments.begin(s); t < segments.end(s); ++t) {
        put(dx, row<Element>(dx.tensor(), t), share * row<Element>(dy, s));
      }
    });
  });
}

}  // namespace mini_bert::kernels
