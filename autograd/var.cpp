#include "autograd/var.h"

namespace mini_bert {

Var::Var(Tensor value, bool requires_grad) : node_(std::make_shared<Node>(Node{std::move(value), {}, requires_grad})) {}

Tensor* Var::grad_to_accumulate() const {
  if (!node_->requires_grad) return nullptr;
  if (!node_->grad.defined()) node_->grad = Tensor::zeros(shape(), dtype());
  return &node_->grad;
}

}  // namespace mini_bert
