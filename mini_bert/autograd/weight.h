#pragma once

#include "mini_bert/autograd/tape.h"
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
      : var_(std::move(value), requires_grad), storage_(std::make_shared<Storage>()) {}

  const Var& var() const { return var_; }
  const Tensor& value() const { return var_.value(); }  // as it is stored
  const Tensor& grad() const { return var_.grad(); }
  const Shape& shape() const { return var_.shape(); }
  DType dtype() const { return var_.dtype(); }

  StoredWeight stored() const { return {var_.value(), storage_ ? storage_->scales : Tensor()}; }

  // For a product: the same, with the place of its panels unless a tape records. A pass that is recorded is followed by
  // others that change the weight, so it frees the panels.
  StoredWeight to_multiply() const {
    StoredWeight weight = stored();
    if (!storage_ || storage_->packed.use() == WeightUse::in_place) return weight;
    if (Tape::current() == nullptr) {
      weight.packed = &storage_->packed;
    } else {
      changed();
    }
    return weight;
  }

  // How products of inference read this weight, for every holder of it; in place at first. Error where the storage
  // cannot be replaced.
  void set_use(WeightUse use) const {
    require(storage_ != nullptr, "weight: this weight has no place for panels");
    storage_->packed.set_use(use);
  }
  WeightUse use() const { return storage_ ? storage_->packed.use() : WeightUse::in_place; }
  bool holds_panels() const { return storage_ && storage_->packed.holds_panels(); }

  // Whoever has written into value() calls this, so that no product reads panels of the old numbers.
  void changed() const {
    if (storage_) storage_->packed.drop();
  }

  // Puts another stored value of the same shape in the place of this one, for every holder of this Weight; no copy.
  void replace(StoredWeight stored) {
    require(storage_ != nullptr || !stored.scales.defined(), "weight: this weight cannot be stored with scales");
    var_.replace_value(std::move(stored.values));
    if (storage_) storage_->scales = std::move(stored.scales);
    changed();
  }

  // Where a backward kernel puts its contribution; null when no gradient is wanted.
  kernels::Gradient gradient() const { return var_.gradient(); }

 private:
  struct Storage {
    Tensor scales;
    PackedWeight packed;
  };

  Var var_;
  std::shared_ptr<Storage> storage_;
};

}  // namespace mini_bert
