#pragma once

#include <utility>

#include "mini_bert/autograd/tape.h"
#include "mini_bert/nn/mode.h"

namespace mini_bert {

// y = block(x, mode), but the tape keeps x alone. The backward pass computes the block a second time, with the same
// random numbers, and then its gradients. Results are bit-identical to the plain pass. This keeps one block's
// activations at a time and costs one more forward pass. Chen et al. 2016, arXiv:1604.06174 ("gradient checkpointing").
//
// Block: Var(const Var& x, Mode& mode), a function of these two and of parameters. It, and what it refers to, must live
// as long as the tape.
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
