#pragma once

#include "mini_bert/autograd/gradient_slot.h"

namespace mini_bert {

// A value in a computation and, if it requires one, the gradient of the loss with respect to it. Copying a Var copies a
// handle to the same value and gradient.
class Var {
 public:
  Var() = default;
  explicit Var(Tensor value, bool requires_grad = false);

  bool defined() const { return value_ != nullptr; }
  const Tensor& value() const { return *value_; }
  // Replaces the value by a tensor of the same shape, without a copy; every copy of this Var sees it. The new dtype
  // must have the same arithmetic_dtype.
  void replace_value(Tensor value);

  const Shape& shape() const { return value_->shape(); }
  DType dtype() const { return value_->dtype(); }

  bool requires_grad() const { return slot_.wanted(); }
  void set_requires_grad(bool requires_grad) { slot_.set_wanted(requires_grad); }

  // The gradient; undefined until a backward pass reaches this Var.
  const Tensor& grad() const { return slot_.tensor(); }
  void clear_grad() { slot_.clear(); }

  // Captured by a backward pass that needs the gradient but not the value.
  const GradientSlot& slot() const { return slot_; }

  // Where a backward kernel puts its contribution; null if no gradient is required.
  kernels::Gradient gradient() const { return slot_.contribution(); }
  // The same, but the first contribution overwrites the value's memory, unless another handle shares it. For kernels
  // that are the last to read the value and read each element before they write it.
  kernels::Gradient gradient_over_value() const;

  // The gradient, filled with zeros at first, to add single elements to; null if none is required.
  Tensor* grad_to_accumulate() const;

 private:
  std::shared_ptr<Tensor> value_;
  GradientSlot slot_;
};

}  // namespace mini_bert
