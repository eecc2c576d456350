#pragma once

#include "mini_bert/autograd/ops/dropout.h"
#include "mini_bert/nn/mode.h"

namespace mini_bert {

// In training zeroes each element with probability p and divides the rest by 1−p; otherwise returns x.
class Dropout {
 public:
  explicit Dropout(double p) : p_(p) {}

  double probability() const { return p_; }

  Var forward(const Var& x, Mode& mode) const { return mode.is_training() ? dropout(x, p_, mode.next_key()) : x; }

 private:
  double p_;
};

}  // namespace mini_bert
