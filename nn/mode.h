#pragma once

#include <cstdint>

#include "tensor/dtype.h"
#include "tensor/random.h"

namespace mini_bert {

// What the encoder's activations are stored as. `full`: as the parameters are. `mixed`: as bf16, which halves their
// memory and lets a CPU that has instructions for it multiply twice as fast; parameters, their gradients, sums, and
// what LayerNorm, softmax and the losses compute stay f32. Micikevicius et al. 2018, arXiv:1710.03740; for bfloat16
// Kalamkar et al. 2019, arXiv:1905.12322.
enum class Precision { full, mixed };

// How a forward pass runs: for inference, where dropout does nothing, or for training, where every dropout site gets a
// random stream of its own. The streams are handed out in the order in which the sites are reached, which is the same
// in every pass, so a pass is a pure function of (seed, step).
class Mode {
 public:
  static Mode inference(Precision precision = Precision::full) { return Mode(false, {}, precision); }
  static Mode training(std::uint64_t seed, std::uint32_t step, Precision precision = Precision::full) {
    return Mode(true, {.seed = seed_for(seed, "dropout"), .step = step}, precision);
  }

  bool is_training() const { return training_; }

  // What activations are stored as when parameters are stored as `parameters`.
  DType activations(DType parameters) const { return precision_ == Precision::mixed ? DType::bf16 : parameters; }

  RandomKey next_key() {
    ++key_.stream;
    return key_;
  }

 private:
  Mode(bool training, const RandomKey& key, Precision precision)
      : training_(training), key_(key), precision_(precision) {}

  bool training_;
  RandomKey key_;
  Precision precision_;
};

}  // namespace mini_bert
