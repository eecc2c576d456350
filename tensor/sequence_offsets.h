#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "tensor/shape.h"

namespace mini_bert {

// Where the sentences of a batch lie. A batch of B sentences is packed end to end into T = Σ lengths rows, so there is
// no padding and no attention mask; sentence b is rows begin(b) … end(b)-1 of every activation [T, features].
class SequenceOffsets {
 public:
  SequenceOffsets() = default;
  explicit SequenceOffsets(std::span<const Index> lengths) {
    for (const Index length : lengths) {
      require(length > 0, "sequence offsets: sentence {} is empty", count());
      offsets_.push_back(offsets_.back() + length);
    }
  }

  Index count() const { return static_cast<Index>(offsets_.size()) - 1; }  // B
  Index tokens() const { return offsets_.back(); }                         // T
  Index begin(Index sentence) const { return offsets_[sentence]; }
  Index end(Index sentence) const { return offsets_[sentence + 1]; }
  Index length(Index sentence) const { return end(sentence) - begin(sentence); }
  Index longest() const {
    Index longest = 0;
    for (Index b = 0; b < count(); ++b) longest = std::max(longest, length(b));
    return longest;
  }

 private:
  std::vector<Index> offsets_ = {0};
};

}  // namespace mini_bert
