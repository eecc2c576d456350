#pragma once

#include "mini_bert/tensor/tensor.h"

namespace mini_bert::kernels {

// Whether a kernel replaces the contents of its result, or adds to them.
enum class Output { replace, accumulate };

// Where a backward kernel puts the gradient of one of its inputs: `dx = …` the first time, when the memory is not
// initialised, and `dx += …` after that. So the gradient of an activation that is used once is neither zeroed nor read.
// Null if the gradient is not required.
class Gradient {
 public:
  Gradient() = default;
  Gradient(Tensor& tensor, Output output) : tensor_(&tensor), output_(output) {}

  explicit operator bool() const { return tensor_ != nullptr; }
  Tensor& tensor() const { return *tensor_; }
  Output output() const { return output_; }
  bool accumulates() const { return output_ == Output::accumulate; }

  // The tensor, filled with zeros if it was not initialised: for kernels that add to some elements only.
  Tensor& initialized() const {
    if (!accumulates()) tensor_->fill(0);
    return *tensor_;
  }

 private:
  Tensor* tensor_ = nullptr;
  Output output_ = Output::accumulate;
};

// target = expression or target += expression, where target is an Eigen view of (a part of) the gradient.
template <class Target, class Expression>
void put(const Gradient& gradient, Target&& target, const Expression& expression) {
  if (gradient.accumulates()) {
    target += expression;
  } else {
    target = expression;
  }
}

}  // namespace mini_bert::kernels
