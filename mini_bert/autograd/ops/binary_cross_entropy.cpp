#include "mini_bert/autograd/ops/binary_cross_entropy.h"

#include "mini_bert/autograd/tape.h"
#include "mini_bert/tensor/kernels/binary_cross_entropy.h"

namespace mini_bert {

Var binary_cross_entropy(const Var& logits, const Tensor& targets, double divisor) {
  const profile::Timed timed("binary_cross_entropy");
  require(targets.dtype() == logits.dtype() && targets.shape() == logits.shape(),
          "binary_cross_entropy: targets must be {} {} like the logits, got {} {}", name_of(logits.dtype()),
          logits.shape(), name_of(targets.dtype()), targets.shape());
  visit_float(targets.dtype(), [&]<class Element>() {
    for (const Element target : targets.values<Element>()) {
      require(0 <= target && target <= 1, "binary_cross_entropy: a target must be in 0..1, got {}", target);
    }
  });
  require(divisor > 0, "binary_cross_entropy: divisor must be above 0, got {}", divisor);
  Tensor loss({}, logits.dtype());
  kernels::binary_cross_entropy(logits.value(), targets, divisor, loss);
  return record(loss, {logits}, [logits, targets, divisor](const Tensor& dloss) {
    if (const auto dlogits = logits.gradient()) {
      kernels::binary_cross_entropy_backward(dloss, logits.value(), targets, divisor, dlogits);
    }
  });
}

}  // namespace mini_bert
