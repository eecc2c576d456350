#include "autograd/var.h"

namespace mini_bert {

Var::Var(Tensor value, bool requires_grad) : node_(std::make_shared<Node>(Node{std::move(value), {}, requires_grad})) {}

void Var::replace_value(Tensor value) {
  require(value.shape() == shape() && value.dtype() == dtype(), "var: cannot replace {} {} by {} {}", name_of(dtype()),
          shape(), name_of(value.dtype()), value.shape());
  node_->value = std::move(value);
}

Tensor* Var::grad_to_accumulate() const {
  if (!node_->requires_grad) return nullptr;
  if (!node_->grad.defined()) node_->grad = Tensor::zeros(shape(), dtype());
  return &node_->grad;
}

}  // namespace mini_bert
