#include "mini_bert/nn/clip_grad.h"

#include <algorithm>
#include <cmath>

#include "mini_bert/tensor/kernels/sum_of_squares.h"
#include "mini_bert/tensor/profile.h"

namespace mini_bert {

double gradient_norm(const std::vector<Parameter>& parameters) {
  const profile::Timed timed("gradient_norm");
  double sum = 0;
  for (const Parameter& parameter : parameters) {
    const Tensor gradient = parameter.grad();
    if (gradient.defined()) sum += kernels::sum_of_squares(gradient);
  }
  return std::sqrt(sum);
}

double clip_scale(double norm, double max_norm) {
  return max_norm > 0 ? std::min(1.0, max_norm / (norm + 1e-6)) : 1.0;
}

}  // namespace mini_bert
