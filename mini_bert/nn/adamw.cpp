#include "mini_bert/nn/adamw.h"

#include <cmath>

#include "mini_bert/tensor/kernels/adamw.h"
#include "mini_bert/tensor/profile.h"

namespace mini_bert {

AdamW::AdamW(std::vector<Parameter> parameters, const AdamWOptions& options, std::vector<double> rate_factors)
    : options_(options) {
  rate_factors.resize(rate_factors.empty() ? parameters.size() : rate_factors.size(), 1);
  require(rate_factors.size() == parameters.size(), "adamw: {} learning-rate factors for {} parameters",
          rate_factors.size(), parameters.size());
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const Tensor value = parameters[i].value();
    slots_.push_back({std::move(parameters[i]), Tensor::zeros(value.shape(), value.dtype()),
                      Tensor::zeros(value.shape(), value.dtype()), rate_factors[i]});
  }
}

void AdamW::step(double learning_rate, double gradient_scale) {
  const profile::Timed timed("adamw");
  ++steps_;
  const auto t = static_cast<double>(steps_);
  kernels::AdamWStep numbers{.learning_rate = 0,
                             .beta_1 = options_.beta_1,
                             .beta_2 = options_.beta_2,
                             .eps = options_.eps,
                             .weight_decay = 0,
                             .correction_1 = options_.correct_bias ? 1 - std::pow(options_.beta_1, t) : 1,
                             .correction_2 = options_.correct_bias ? 1 - std::pow(options_.beta_2, t) : 1};
  for (Slot& slot : slots_) {
    const Tensor gradient = slot.parameter.grad();
    if (!gradient.defined()) continue;
    numbers.learning_rate = learning_rate * slot.rate_factor;
    numbers.weight_decay = slot.parameter.decays() ? options_.weight_decay : 0;
    Tensor value = slot.parameter.value();
    kernels::adamw(numbers, gradient, gradient_scale, value, slot.m, slot.v);
    slot.parameter.weight.changed();
  }
}

}  // namespace mini_bert
