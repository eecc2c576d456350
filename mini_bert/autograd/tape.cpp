#include "mini_bert/autograd/tape.h"

#include <algorithm>

#include "mini_bert/tensor/kernels/add.h"

namespace mini_bert {
namespace {

thread_local Tape* recording = nullptr;

}  // namespace

Tape::Tape() : outer_(recording) {
  recording = this;
}
Tape::~Tape() {
  recording = outer_;
}
Tape* Tape::current() {
  return recording;
}

NoGrad::NoGrad() : suspended_(recording) {
  recording = nullptr;
}
NoGrad::~NoGrad() {
  recording = suspended_;
}

Var record(Tensor output, std::initializer_list<Var> inputs, Backward backward) {
  const bool wanted = recording != nullptr && std::ranges::any_of(inputs, &Var::requires_grad);
  Var y(std::move(output), wanted);
  if (wanted) recording->entries_.push_back({y.slot(), std::move(backward), profile::Timed::current()});
  return y;
}

void Tape::backward(const Var& loss) {
  require(loss.value().size() == 1, "backward: the loss must hold one element, got {}", loss.shape());
  backward(loss, Tensor::full(loss.shape(), 1.0, loss.dtype()));
}

void Tape::backward(const Var& y, const Tensor& dy) {
  require(dy.shape() == y.shape(), "backward: dy must be {}, got {}", y.shape(), dy.shape());
  const kernels::Gradient seed = y.gradient();
  require(static_cast<bool>(seed), "backward: nothing that was recorded leads to a Var that wants a gradient");
  kernels::add_backward(dy, seed);
  while (!entries_.empty()) {
    const Entry entry = std::move(entries_.back());
    entries_.pop_back();
    if (!entry.output.tensor().defined()) continue;
    const profile::Timed timed(entry.operation, profile::Pass::backward);
    entry.backward(entry.output.tensor());
  }
  entries_.shrink_to_fit();
}

}  // namespace mini_bert
