#pragma once

#include <cstdint>

#include "mini_bert/nn/module.h"

namespace mini_bert {

// Pulls parameters towards the values w⁰ that they had when the anchor was made:
//   w ← w − η·λ·(w − w⁰)      η is the parameter's learning rate in the update, 0 ≤ η·λ ≤ 1
// This is a step down the penalty λ/2·Σ (w − w⁰)² of Li et al. 2018, arXiv:1802.01483 (L2-SP). It is decoupled from
// Adam like AdamW's decay (Loshchilov & Hutter 2019, arXiv:1711.05101), which it equals when w⁰ = 0. If the penalty
// were part of the gradient, Adam would divide it by √v, and it would pull hardest where gradients are smallest.
class Anchor {
 public:
  // Keeps a copy of every value. When `weight` λ is 0 there is no copy and no pull. `rate_factors` multiply the
  // learning rate as in AdamW: one factor for each parameter, or none at all.
  Anchor(std::vector<Parameter> parameters, double weight, std::vector<double> rate_factors = {});

  // Call this before the update with the same learning rate: the gradients are those of the weights before the pull.
  void pull(double learning_rate);

  // The FNV-1a hash of the bits of w⁰; 0 when there is no pull.
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
