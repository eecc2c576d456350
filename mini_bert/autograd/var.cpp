#include "mini_bert/autograd/var.h"

#include "mini_bert/tensor/allocator.h"

namespace mini_bert {

Var::Var(Tensor value, bool requires_grad)
    : value_(std::allocate_shared<Tensor>(CachedAllocation<Tensor>(), std::move(value))),
      slot_(value_->shape(), value_->dtype(), requires_grad) {}

void Var::replace_value(Tensor value) {
  const bool same = arithmetic_dtype(value.dtype()) == arithmetic_dtype(dtype());
  require(value.shape() == shape() && same, "var: cannot replace {} {} by {} {}", name_of(dtype()), shape(),
          name_of(value.dtype()), value.shape());
  *value_ = std::move(value);
}

kernels::Gradient Var::gradient_over_value() const {
  const bool needed_elsewhere = value_.use_count() > 1 || value_->shares_buffer();
  return needed_elsewhere ? slot_.contribution() : slot_.contribution_in(*value_);
}

Tensor* Var::grad_to_accumulate() const {
  const kernels::Gradient contribution = gradient();
  return contribution ? &contribution.initialized() : nullptr;
}

}  // namespace mini_bert
