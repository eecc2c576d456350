#pragma once

#include <optional>

#include "mini_bert/autograd/ops/add.h"
#include "mini_bert/autograd/ops/dropout.h"
#include "mini_bert/nn/mode.h"

namespace mini_bert {

// dropout(h), not computed yet: h, and in training the probability and the random stream that decide what is dropped.
// Everything that takes a Var takes it, which computes it. In residual + dropout(h) it stays as it is, so that one
// operation can compute the whole sum.
struct Dropped {
  Var h;
  double p = 0;
  std::optional<RandomKey> key = std::nullopt;  // none: nothing is dropped

  operator Var() const { return key ? dropout(h, p, *key) : h; }
};

// residual + dropout(h), not computed yet. LayerNorm::forward takes it as it is; everything else takes it as a Var.
struct ResidualSum {
  Var residual;
  Dropped branch;

  operator Var() const { return add(residual, branch); }
};

inline ResidualSum operator+(const Var& residual, const Dropped& branch) {
  return {residual, branch};
}

// In training zeroes each element with probability p and divides the others by 1−p. Otherwise returns x. Srivastava et
// al. 2014, JMLR 15.
class Dropout {
 public:
  explicit Dropout(double p) : p_(p) {}

  // Takes the next random stream of the mode, in training only.
  Dropped forward(const Var& x, Mode& mode) const {
    return mode.is_training() ? Dropped{x, p_, mode.next_key()} : Dropped{x};
  }

 private:
  double p_;
};

}  // namespace mini_bert
