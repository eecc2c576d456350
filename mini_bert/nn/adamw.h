#pragma once

#include "mini_bert/nn/module.h"

namespace mini_bert {

struct AdamWOptions {
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double eps = 1e-8;
  double weight_decay = 0;
  bool correct_bias = true;  // false: Google's BERT, which leaves out the division by 1−βᵗ

  bool operator==(const AdamWOptions&) const = default;
};

// Adam with decoupled weight decay (Loshchilov & Hutter 2019, arXiv:1711.05101). Matrices and tables decay; biases and
// the scales and shifts of layer normalisation do not. A parameter without a gradient is left as it is.
class AdamW {
 public:
  // `rate_factors` multiply the learning rate: one factor for each parameter, or none at all.
  AdamW(std::vector<Parameter> parameters, const AdamWOptions& options, std::vector<double> rate_factors = {});

  // One update with the parameters' gradients, each multiplied by `gradient_scale`.
  void step(double learning_rate, double gradient_scale = 1);

  // What a resumed run needs besides the weights: the number of updates so far and, for every parameter, the running
  // means m of its gradient and v of the gradient's square.
  Index steps() const { return steps_; }
  void set_steps(Index steps) { steps_ = steps; }
  struct Slot {
    Parameter parameter;
    Tensor m, v;
    double rate_factor;
  };
  const std::vector<Slot>& state() const { return slots_; }

 private:
  AdamWOptions options_;
  std::vector<Slot> slots_;
  Index steps_ = 0;
};

}  // namespace mini_bert
