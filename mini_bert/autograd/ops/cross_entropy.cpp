#include "mini_bert/autograd/ops/cross_entropy.h"

#include "mini_bert/autograd/tape.h"

namespace mini_bert {

Var cross_entropy(const Var& logits, const Tensor& labels, double divisor, const Tensor& weights) {
  const profile::Timed timed("cross_entropy");
  require(logits.shape().rank() == 2 && logits.shape()[1] > 0, "cross_entropy: logits must be [M,V], got {}",
          logits.shape());
  require(labels.dtype() == DType::i32 && labels.size() == logits.shape()[0],
          "cross_entropy: labels must be i32 [{}], got {} {} (logits are {})", logits.shape()[0],
          name_of(labels.dtype()), labels.shape(), logits.shape());
  for (const std::int32_t label : labels.values<std::int32_t>()) {
    require(label == ignore_index || (0 <= label && label < logits.shape()[1]),
            "cross_entropy: a label must be in 0..{} or {}, got {}", logits.shape()[1] - 1, ignore_index, label);
  }
  require(divisor > 0, "cross_entropy: divisor must be above 0, got {}", divisor);
  const DType dtype = arithmetic_dtype(logits.dtype());
  require(!weights.defined() || (weights.dtype() == dtype && weights.shape() == Shape{logits.shape()[1]}),
          "cross_entropy: weights must be {} [{}], got {} {} (logits are {})", name_of(dtype), logits.shape()[1],
          name_of(weights.dtype()), weights.shape(), logits.shape());
  Tensor loss({}, dtype), log_sum_exp({logits.shape()[0]}, dtype);
  kernels::cross_entropy(logits.value(), labels, weights, divisor, loss, log_sum_exp);
  return record(loss, {logits}, [logits, labels, weights, divisor, log_sum_exp](const Tensor& dloss) {
    if (const auto dlogits = logits.gradient_over_value()) {
      kernels::cross_entropy_backward(dloss, logits.value(), labels, weights, divisor, log_sum_exp, dlogits);
    }
  });
}

}  // namespace mini_bert
