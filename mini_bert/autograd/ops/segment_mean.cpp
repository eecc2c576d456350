#include "mini_bert/autograd/ops/segment_mean.h"

#include "mini_bert/autograd/tape.h"
#include "mini_bert/tensor/kernels/segment_mean.h"

namespace mini_bert {

Var segment_mean(const Var& x, const SequenceOffsets& segments) {
  const profile::Timed timed("segment_mean");
  require(x.shape().rank() == 2 && x.shape()[0] == segments.tokens(), "segment_mean: x must be [{},H], got {}",
          segments.tokens(), x.shape());
  Tensor y({segments.count(), x.shape()[1]}, x.dtype());
  kernels::segment_mean(x.value(), segments, y);
  return record(y, {x}, [x = x.slot(), segments](const Tensor& dy) {
    if (const auto dx = x.contribution()) kernels::segment_mean_backward(dy, segments, dx);
  });
}

}  // namespace mini_bert
