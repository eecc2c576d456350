#include "mini_bert/autograd/gradient_slot.h"

#include "mini_bert/tensor/allocator.h"

namespace mini_bert {

GradientSlot::GradientSlot(const Shape& shape, DType dtype, bool wanted)
    : state_(std::allocate_shared<State>(CachedAllocation<State>(), State{shape, dtype, wanted, {}})) {}

kernels::Gradient GradientSlot::contribution() const {
  using kernels::Output;
  if (!state_->wanted) return {};
  if (state_->gradient.defined()) return {state_->gradient, Output::accumulate};
  state_->gradient = Tensor(state_->shape, state_->dtype);
  return {state_->gradient, Output::replace};
}

kernels::Gradient GradientSlot::contribution_in(const Tensor& memory) const {
  if (!state_->wanted || state_->gradient.defined()) return contribution();
  state_->gradient = memory;
  return {state_->gradient, kernels::Output::replace};
}

}  // namespace mini_bert
