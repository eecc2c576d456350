#pragma once

#include "mini_bert/tensor/tensor.h"

namespace mini_bert::kernels {

// Whether a kernel writes its result over what the memory holds, or adds to it.
enum class Output { replace, accumulate };

// Where a backward kernel puts the gradient of one of its inputs: `dx = …` the first time, when the memory is not
// initialised, and `dx += …` after that. So an activation that is used once costs neither zeroing nor reading. Null
// when nobody wants the gradient.
class Gradient {
 public:
  Gradient() = default;
  Gradient(Tensor& tensor, Output output) : tensor_(&tensor), output_(output) {}

  explicit operator bool() const { return tensor_ != nullptr; }
  Tensor& tensor() const { return *tensor_; }
  Output output() const { return output_; }
  bool accumulates() const { return output_ == Output::accumulate; }

  // For kernels that add to some elements only: the tensor, zeros where it was not initialised.
  Tensor& initialized() const {
    if (!accumulates()) tensor_->fill(0);
    return *tensor_;
  }

 private:
  Tensor* tensor_ = nullptr;
  Output output_ = Output::accumulate;
};

// target = or += expression, for Eigen expressions over (a part of) the gradient's elements.
template <class Target, class Expression>
void put(const Gradient& gradient, Target&& target, const Expression& expression) {
  if (gradient.accumulates()) {
    target += expression;
  } else {
    target = expression;
  }
}

}  // namespace mini_bert::kernels
