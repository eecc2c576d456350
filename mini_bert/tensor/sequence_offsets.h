#pragma once

#include <algorithm>
#include <memory>
#include <span>
#include <vector>

#include "mini_bert/tensor/shape.h"

namespace mini_bert {

// Where the sentences of a batch lie. The B sentences are packed end to end into T = Σ lengths rows, so there is no
// padding and no attention mask. Sentence b occupies rows begin(b) … end(b)−1 of every activation [T, features]. Copies
// of this object share the offsets.
class SequenceOffsets {
 public:
  SequenceOffsets() = default;
  explicit SequenceOffsets(std::span<const Index> lengths) {
    std::vector<Index> offsets = {0};
    for (const Index length : lengths) {
      require(length > 0, "sequence offsets: sentence {} is empty", offsets.size() - 1);
      offsets.push_back(offsets.back() + length);
    }
    offsets_ = std::make_shared<const std::vector<Index>>(std::move(offsets));
  }

  Index count() const { return offsets_ ? static_cast<Index>(offsets_->size()) - 1 : 0; }  // B
  Index tokens() const { return offsets_ ? offsets_->back() : 0; }                         // T
  Index begin(Index sentence) const { return (*offsets_)[sentence]; }
  Index end(Index sentence) const { return (*offsets_)[sentence + 1]; }
  Index length(Index sentence) const { return end(sentence) - begin(sentence); }
  Index longest() const {
    Index longest = 0;
    for (Index b = 0; b < count(); ++b) longest = std::max(longest, length(b));
    return longest;
  }

 private:
  std::shared_ptr<const std::vector<Index>> offsets_;  // B+1 numbers, 0 first
};

}  // namespace mini_bert
