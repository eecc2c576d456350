#include "mini_bert/autograd/ops/dropout.h"

#include "mini_bert/autograd/tape.h"
#include "mini_bert/tensor/kernels/dropout.h"

namespace mini_bert {

Var dropout(const Var& x, double p, const RandomKey& key) {
  const profile::Timed timed("dropout");
  require(0 <= p && p < 1, "dropout: p must be at least 0 and below 1, got {}", p);
  if (p == 0) return x;
  Tensor y(x.shape(), x.dtype());
  kernels::dropout(x.value(), p, key, y);
  return record(y, {x}, [x = x.slot(), p, key](const Tensor& dy) {
    if (const auto dx = x.contribution()) kernels::dropout_backward(dy, p, key, dx);
  });
}

}  // namespace mini_bert
