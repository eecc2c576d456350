#pragma once

#include "mini_bert/autograd/var.h"
#include "mini_bert/tensor/stored_weight.h"

namespace mini_bert {

// What a linear layer multiplies with: a trained Var, and how its value is stored. Operations that take a Weight accept
// every storage of weight_storages(); a Var that is given for a Weight is stored as f32 (or f64). Copying a Weight
// copies a handle to the same value, scales and gradient.
class Weight {
 public:
  Weight() = default;
  Weight(Var var) : var_(std::move(var)) {}
  // A weight whose storage may be replaced later.
  Weight(Tensor value, bool requires_grad)
      : var_(std::move(value), requires_grad), scales_(std::make_shared<Tensor>()) {}

  const Var& var() const { return var_; }
  const Tensor& value() const { return var_.value(); }  // as it is stored
  const Tensor& grad() const { return var_.grad(); }
  const Shape& shape() const { return var_.shape(); }
  DType dtype() const { return var_.dtype(); }

  StoredWeight stored() const { return {var_.value(), scales_ ? *scales_ : Tensor()}; }

  // Puts another stored value of the same shape in the place of this one, for every holder of this Weight; no copy.
  void replace(StoredWeight stored) {
    require(scales_ != nullptr || !stored.scales.defined(), "weight: this weight cannot be stored with scales");
    var_.replace_value(std::move(stored.values));
    if (scales_) *scales_ = std::move(stored.scales);
  }

  // Where a backward kernel puts its contribution; null when no gradient is wanted.
  kernels::Gradient gradient() const { return var_.gradient(); }

 private:
  Var var_;
  std::shared_ptr<Tensor> scales_;
};

}  // namespace mini_bert
