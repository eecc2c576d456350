#pragma once

#include <cstdint>

#include "mini_bert/tensor/dtype.h"
#include "mini_bert/tensor/random.h"

namespace mini_bert {

// What the encoder's activations are stored as. `full`: as the parameters are. `mixed`: as bf16, which halves their
// memory and lets a CPU that has instructions for it multiply twice as fast; parameters, their gradients, sums, and
// what LayerNorm, softmax and the losses compute stay f32. Micikevicius et al. 2018, arXiv:1710.03740; for bfloat16
// Kalamkar et al. 2019, arXiv:1905.12322.
enum class Precision { full, mixed };

// What the backward pass finds of an encoder layer: its activations, or its input alone, from which it computes them
// again ("gradient checkpointing"; recompute.h).
enum class Kept { activations, layer_inputs };

// How a forward pass runs: for inference, where dropout does nothing, or for training, where every dropout site gets a
// random stream of its own. The streams are handed out in the order in which the sites are reached, which is the same
// in every pass, so a pass is a pure function of (seed, step).
class Mode {
 public:
  static Mode inference(Precision precision = Precision::full) { return Mode(false, {}, precision, Kept::activations); }
  static Mode training(std::uint64_t seed, std::uint32_t step, Precision precision = Precision::full,
                       Kept kept = Kept::activations) {
    return Mode(true, {.seed = seed_for(seed, "dropout"), .step = step}, precision, kept);
  }

  bool is_training() const { return training_; }
  Kept kept() const { return kept_; }

  // What activations are stored as when parameters are stored as `parameters`.
  DType activations(DType parameters) const { return precision_ == Precision::mixed ? DType::bf16 : parameters; }

  RandomKey next_key() {
    ++key_.stream;
    return key_;
  }

 private:
  Mode(bool training, const RandomKey& key, Precision precision, Kept kept)
      : training_(training), key_(key), precision_(precision), kept_(kept) {}

  bool training_;
  RandomKey key_;
  Precision precision_;
  Kept kept_;
};

}  // namespace mini_bert
