#include "mini_bert/autograd/ops/segment_cross_entropy.h"

#include "mini_bert/autograd/tape.h"
#include "mini_bert/tensor/kernels/segment_cross_entropy.h"

namespace mini_bert {
namespace {

void check_labels(const Tensor& labels, const SequenceOffsets& segments, Index columns) {
  const Shape expected = {segments.count(), columns};
  require(labels.dtype() == DType::i32 && labels.shape() == expected,
          "segment_cross_entropy: labels must be i32 {}, got {} {}", expected, name_of(labels.dtype()), labels.shape());
  for (Index i = 0; i < labels.size(); ++i) {
    const std::int32_t label = labels.data<std::int32_t>()[i];
    const Index length = segments.length(i / columns);
    require(0 <= label && label < length, "segment_cross_entropy: a label of segment {} must be in 0..{}, got {}",
            i / columns, length - 1, label);
  }
}

}  // namespace

Var segment_cross_entropy(const Var& logits, const SequenceOffsets& segments, const Tensor& labels, double divisor) {
  const profile::Timed timed("segment_cross_entropy");
  require(logits.shape().rank() == 2 && logits.shape()[0] == segments.tokens() && logits.shape()[1] > 0,
          "segment_cross_entropy: logits must be [{},C], got {}", segments.tokens(), logits.shape());
  check_labels(labels, segments, logits.shape()[1]);
  require(divisor > 0, "segment_cross_entropy: divisor must be above 0, got {}", divisor);
  Tensor loss({}, logits.dtype()), log_sum_exp(labels.shape(), logits.dtype());
  kernels::segment_cross_entropy(logits.value(), segments, labels, divisor, loss, log_sum_exp);
  return record(loss, {logits}, [logits, segments, labels, divisor, log_sum_exp](const Tensor& dloss) {
    if (const auto dlogits = logits.gradient()) {
      kernels::segment_cross_entropy_backward(dloss, logits.value(), segments, labels, divisor, log_sum_exp, dlogits);
    }
  });
}

}  // namespace mini_bert
