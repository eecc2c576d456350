#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include "mini_bert/tensor/tensor.h"

namespace mini_bert {

// How a product x·Wᵀ of inference reads its weight W.
//   in_place  where it is stored, which costs no memory
//   panels    from a copy in the order in which products read it (PackedWeight)
//   int8      from a copy that is rounded to 8 bits (kernels/matmul_int8.h)
enum class WeightUse { in_place, panels, int8 };

// A weight W [N,K] in the order in which products read it: panels of neighbouring rows of W, [panel][terms][rows]. The
// kernels that make panels also read them; nobody else knows their width.
struct WeightPanels {
  enum class Elements { f32_words, bf16_words, halves, int8_words };

  Elements elements = Elements::f32_words;
  Index outputs = 0, inputs = 0;  // N, K
  Tensor values = {};
  Tensor scales = {}, offsets = {};  // int8: of each row of W its scale, f32, and −128·Σ q, i32
};

// The panels of one weight, beside it. They are made when a product needs them, and dropped when the weight changes.
// Its functions may be called from several threads at once.
class PackedWeight {
 public:
  WeightUse use() const { return use_; }
  // Not while a product runs.
  void set_use(WeightUse use) {
    drop();
    use_ = use;
  }

  // The weight has other values now, or will have: frees the panels. Whoever multiplies with them still has them.
  void drop();

  // The panels with these elements; make() makes them if there are none.
  std::shared_ptr<const WeightPanels> panels(WeightPanels::Elements elements,
                                             const std::function<WeightPanels()>& make);

  // Whether panels are in memory.
  bool holds_panels() const;

 private:
  WeightUse use_ = WeightUse::in_place;
  mutable std::mutex mutex_;
  std::shared_ptr<const WeightPanels> panels_;
};

}  // namespace mini_bert
