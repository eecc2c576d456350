#pragma once

#include <memory>

#include "mini_bert/tensor/kernels/gradient.h"

namespace mini_bert {

// The place where the gradient of one value is kept. A backward pass that does not read the value holds this slot
// instead of the Var, so that the memory of the value can be released. Copying a slot copies a handle to the same
// place.
class GradientSlot {
 public:
  GradientSlot() = default;
  GradientSlot(const Shape& shape, DType dtype, bool wanted);

  bool wanted() const { return state_->wanted; }
  void set_wanted(bool wanted) { state_->wanted = wanted; }

  // The gradient; undefined until a backward pass reaches it.
  const Tensor& tensor() const { return state_->gradient; }
  void clear() { state_->gradient = {}; }

  // Where a backward kernel puts its contribution. The first call returns a gradient to be replaced, later calls return
  // one to be added to. The caller must write the contribution.
  kernels::Gradient contribution() const;
  // The same, but the first contribution goes into `memory`, a tensor of the same shape that is no longer needed.
  kernels::Gradient contribution_in(const Tensor& memory) const;

 private:
  struct State {
    Shape shape;
    DType dtype;
    bool wanted;
    Tensor gradient;
  };
  std::shared_ptr<State> state_;
};

}  // namespace mini_bert
