#pragma once

#include <cstdint>

#include "tensor/random.h"

namespace mini_bert {

// How a forward pass runs: for inference, where dropout does nothing, or for training, where every dropout site gets a
// random stream of its own. The streams are handed out in the order in which the sites are reached, which is the same
// in every pass, so a pass is a pure function of (seed, step).
class Mode {
 public:
  static Mode inference() { return Mode(false, {}); }
  static Mode training(std::uint64_t seed, std::uint32_t step) {
    return Mode(true, {.seed = seed_for(seed, "dropout"), .step = step});
  }

  bool is_training() const { return training_; }
  RandomKey next_key() {
    ++key_.stream;
    return key_;
  }

 private:
  Mode(bool training, const RandomKey& key) : training_(training), key_(key) {}

  bool training_;
  RandomKey key_;
};

}  // namespace mini_bert
