#include "mini_bert/tensor/packed_weight.h"

namespace mini_bert {

void PackedWeight::drop() {
  const std::lock_guard lock(mutex_);
  panels_.reset();
}

std::shared_ptr<const WeightPanels> PackedWeight::panels(WeightPanels::Elements elements,
                                                         const std::function<WeightPanels()>& make) {
  const std::lock_guard lock(mutex_);
  if (panels_ && panels_->elements == elements) return panels_;
  panels_.reset();  // before others are made: memory holds one copy
  panels_ = std::make_shared<const WeightPanels>(make());
  return panels_;
}

bool PackedWeight::holds_panels() const {
  const std::lock_guard lock(mutex_);
  return panels_ != nullptr;
}

}  // namespace mini_bert
