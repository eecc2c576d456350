#pragma once

#include <memory>

#include "tensor/tensor.h"

namespace mini_bert {

// A value in a computation and, if it wants one, the gradient of the loss with respect to it. Copying a Var copies a
// handle to the same value and gradient.
class Var {
 public:
  Var() = default;
  explicit Var(Tensor value, bool requires_grad = false);

  bool defined() const { return node_ != nullptr; }
  const Tensor& value() const { return node_->value; }
  // Puts a tensor of the same shape and element type in the value's place, for every holder of this Var; no copy.
  void replace_value(Tensor value);

  const Shape& shape() const { return node_->value.shape(); }
  DType dtype() const { return node_->value.dtype(); }

  bool requires_grad() const { return node_->requires_grad; }
  void set_requires_grad(bool requires_grad) { node_->requires_grad = requires_grad; }

  // The gradient; undefined until a backward pass reaches this Var.
  const Tensor& grad() const { return node_->grad; }
  void clear_grad() { node_->grad = {}; }

  // Where a backward pass adds its contribution: zeros at first; null when no gradient is wanted.
  Tensor* grad_to_accumulate() const;

 private:
  struct Node {
    Tensor value;
    Tensor grad;
    bool requires_grad;
  };
  std::shared_ptr<Node> node_;
};

}  // namespace mini_bert
