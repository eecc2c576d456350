#pragma once

#include "mini_bert/nn/module.h"

namespace mini_bert {

struct AdamWOptions {
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double eps = 1e-8;
  double weight_decay = 0;
  bool correct_bias = true;  // false: Google's BERT, which leaves out the division by 1−βᵗ
};

// Adam with decoupled weight decay (Loshchilov & Hutter 2019, arXiv:1711.05101). Biases and LayerNorm parameters do
// not decay; a parameter that has no gradient is left alone.
class AdamW {
 public:
  // `rate_factors`, one for each parameter or none at all: what the learning rate is multiplied with.
  AdamW(std::vector<Parameter> parameters, const AdamWOptions& options, std::vector<double> rate_factors = {});

  // One update with the gradients as they are, times `gradient_scale`.
  void step(double learning_rate, double gradient_scale = 1);

  // What a resumed run needs besides the weights: the number of updates so far and, for every parameter, its running
  // means m and v, as "<name>.exp_avg" and "<name>.exp_avg_sq".
  Index steps() const { return steps_; }
  void set_steps(Index steps) { steps_ = steps; }
  std::vector<Parameter> state() const;

  static bool decays(const std::string& name);

 private:
  struct Slot {
    Parameter parameter;
    Tensor m, v;
    double rate_factor;
  };
  AdamWOptions options_;
  std::vector<Slot> slots_;
  Index steps_ = 0;
};

}  // namespace mini_bert
