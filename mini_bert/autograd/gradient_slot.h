#pragma once

#include <memory>

#include "mini_bert/tensor/kernels/gradient.h"

namespace mini_bert {

// The place of one value's gradient, apart from the value itself: what an operation's backward pass holds when it does
// not read the value, so that the value's memory can be released. Copying copies a handle to the same place.
class GradientSlot {
 public:
  GradientSlot() = default;
  GradientSlot(const Shape& shape, DType dtype, bool wanted);

  bool wanted() const { return state_->wanted; }
  void set_wanted(bool wanted) { state_->wanted = wanted; }

  // The gradient; undefined until a backward pass reaches it.
  const Tensor& tensor() const { return state_->gradient; }
  void clear() { state_->gradient = {}; }

  // Where a backward kernel is to put its contribution: the first one asked for replaces, later ones are added. Whoever
  // asks has to write it.
  kernels::Gradient contribution() const;
  // The same, but the first one goes into `memory`, a tensor of the gradient's shape that is no longer needed.
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
