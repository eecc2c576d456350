#pragma once

#include <cstdint>

#include "mini_bert/nn/module.h"

namespace mini_bert {

// Pulls parameters towards where they were when it was made, w⁰:
//   w ← w − η·λ·(w − w⁰)      η the parameter's learning rate in the update, 0 ≤ η·λ ≤ 1
// This is a step down the penalty λ/2·Σ (w − w⁰)² of Li et al. 2018, arXiv:1802.01483 (L2-SP), decoupled from Adam
// as AdamW's decay is (Loshchilov & Hutter 2019, arXiv:1711.05101), which it becomes with w⁰ = 0. As a part of the
// gradient it would be divided by Adam's √v and would hold most where the gradients are smallest.
class Anchor {
 public:
  // Keeps a copy of every value. No copy and no pull when `weight` λ is 0. `rate_factors`, one for each parameter or
  // none at all: what the learning rate is multiplied with, as in AdamW.
  Anchor(std::vector<Parameter> parameters, double weight, std::vector<double> rate_factors = {});

  // Before the update with `learning_rate`, whose gradients are of the weights as they are.
  void pull(double learning_rate);

  // FNV-1a over the bits of w⁰; 0 when there is no pull.
  std::uint64_t fingerprint() const;

 private:
  struct Slot {
    Parameter parameter;
    Tensor start;
    double rate_factor;
  };
  std::vector<Slot> slots_;
  double weight_;
};

}  // namespace mini_bert
