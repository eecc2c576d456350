#pragma once

#include <utility>

#include "mini_bert/autograd/tape.h"
#include "mini_bert/nn/mode.h"

namespace mini_bert {

// y = block(x, mode), of which the tape keeps x alone: the backward pass computes the block a second time, with the
// same random numbers, and then its gradients. So y and every gradient have the bits that they have without, for the
// memory of one block at a time and the time of one more forward pass. Chen et al. 2016, arXiv:1604.06174.
//
// Block: Var(const Var& x, Mode& mode), a function of these and of parameters; it and what it refers to must live as
// long as the tape.
template <class Block>
Var recompute(const Var& x, Mode& mode, Block block) {
  if (Tape::current() == nullptr) return block(x, mode);
  const profile::Timed timed("recompute");
  const Mode start = mode;
  Var first;
  {
    const Tape forgotten;  // records only to find out whether anything in the block wants a gradient
    first = block(x, mode);
  }
  return record(first.value(), {first}, [x, start, block = std::move(block)](const Tensor& dy) {
    Mode again = start;
    Tape tape;
    tape.backward(block(x, again), dy);
  });
}

}  // namespace mini_bert
