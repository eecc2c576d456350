#pragma once

#include <cstdint>
#include <string_view>

#include "mini_bert/autograd/var.h"
#include "mini_bert/tensor/dtype.h"
#include "mini_bert/tensor/random.h"

namespace mini_bert {

// How the encoder's activations are stored. `full`: in the type of the parameters. `mixed`: as bf16, which halves their
// memory and lets a CPU with bf16 instructions multiply twice as fast. Parameters, their gradients, sums, and the
// arithmetic of layer normalisation, softmax and losses stay f32. Micikevicius et al. 2018, arXiv:1710.03740; for
// bfloat16 Kalamkar et al. 2019, arXiv:1905.12322.
enum class Precision { full, mixed };

// What an encoder layer keeps for the backward pass: its activations, or its input alone, from which the backward pass
// computes the activations again (recompute.h).
enum class Kept { activations, layer_inputs };

// Is shown what modules compute on the way, in the order in which they compute it: "query" is that of layer 0 first.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void see(std::string_view what, const Var& value) = 0;
};

// How a forward pass runs. For inference dropout does nothing. For training every dropout gets a random stream of its
// own. Streams are handed out in the order in which the dropouts are reached. This order is the same in every pass, so
// a pass is a pure function of (seed, step).
class Mode {
 public:
  static Mode inference(Precision precision = Precision::full) { return Mode(false, {}, precision, Kept::activations); }
  static Mode training(std::uint64_t seed, std::uint32_t step, Precision precision = Precision::full,
                       Kept kept = Kept::activations) {
    return Mode(true, {.seed = seed_for(seed, "dropout"), .step = step}, precision, kept);
  }

  bool is_training() const { return training_; }
  Kept kept() const { return kept_; }

  // The type of activations when parameters are computed with in the type `parameters`.
  DType activations(DType parameters) const { return precision_ == Precision::mixed ? DType::bf16 : parameters; }

  RandomKey next_key() {
    ++key_.stream;
    return key_;
  }

  // Shows `observer`, which must outlive this mode, what modules compute; null: nobody looks.
  void set_observer(Observer* observer) { observer_ = observer; }
  void show(std::string_view what, const Var& value) const {
    if (observer_ != nullptr) observer_->see(what, value);
  }

 private:
  Mode(bool training, const RandomKey& key, Precision precision, Kept kept)
      : training_(training), key_(key), precision_(precision), kept_(kept) {}

  bool training_;
  RandomKey key_;
  Precision precision_;
  Kept kept_;
  Observer* observer_ = nullptr;
};

}  // namespace mini_bert
