#pragma once

#include "mini_bert/autograd/gradient_slot.h"

namespace mini_bert {

// A value in a computation and, if it wants one, the gradient of the loss with respect to it. Copying a Var copies a
// handle to the same value and gradient.
class Var {
 public:
  Var() = default;
  explicit Var(Tensor value, bool requires_grad = false);

  bool defined() const { return value_ != nullptr; }
  const Tensor& value() const { return *value_; }
  // Puts a tensor of the same shape in the value's place, for every holder of this Var; no copy. Its element type is
  // the same, or one that stands for the same (arithmetic_dtype).
  void replace_value(Tensor value);

  const Shape& shape() const { return value_->shape(); }
  DType dtype() const { return value_->dtype(); }

  bool requires_grad() const { return slot_.wanted(); }
  void set_requires_grad(bool requires_grad) { slot_.set_wanted(requires_grad); }

  // The gradient; undefined until a backward pass reaches this Var.
  const Tensor& grad() const { return slot_.tensor(); }
  void clear_grad() { slot_.clear(); }

  // What a backward pass captures that does not read the value.
  const GradientSlot& slot() const { return slot_; }

  // Where a backward kernel puts its contribution; null when no gradient is wanted.
  kernels::Gradient gradient() const { return slot_.contribution(); }
  // The same, but the first contribution goes where the value is, if nothing else holds it: for kernels that are the
  // last to read a value, each element before they write it.
  kernels::Gradient gradient_over_value() const;

  // The gradient to add to element by element: zeros at first; null when none is wanted.
  Tensor* grad_to_accumulate() const;

 private:
  std::shared_ptr<Tensor> value_;
  GradientSlot slot_;
};

}  // namespace mini_bert
