#pragma once

#include <initializer_list>
#include <vector>

#include "mini_bert/autograd/var.h"
#include "mini_bert/tensor/allocator.h"
#include "mini_bert/tensor/profile.h"

namespace mini_bert {

// Given dy, the gradient of an operation's output, adds to the gradients of its inputs: any function object
// void(const Tensor& dy). Unlike std::function it takes its memory from the caching allocator, so recording an
// operation costs the system nothing after the first step.
class Backward {
 public:
  template <class Function>
  Backward(Function function)
      : call_(std::allocate_shared<Call<Function>>(CachedAllocation<Call<Function>>(), std::move(function))) {}

  void operator()(const Tensor& dy) const { call_->run(dy); }

 private:
  struct AnyCall {
    virtual ~AnyCall() = default;
    virtual void run(const Tensor& dy) = 0;
  };
  template <class Function>
  struct Call final : AnyCall {
    explicit Call(Function f) : function(std::move(f)) {}
    void run(const Tensor& dy) override { function(dy); }
    Function function;
  };
  std::shared_ptr<AnyCall> call_;
};

// Records operations in the order they happen; backward() then walks them once in reverse, which is a topological
// order, so no graph search and no recursion is needed. The newest Tape of a thread records; without one (or inside a
// NoGrad scope) operations only compute, which is inference.
//
//   Tape tape;
//   Var loss = cross_entropy(linear(x, weight, bias), labels);
//   tape.backward(loss);               // weight.grad() and bias.grad() are filled
class Tape {
 public:
  Tape();
  ~Tape();
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  // Seeds dy/dy with `dy` (1 for a loss, which must hold one element) and propagates. Activations and their gradients
  // are released on the way; the gradients of leaves stay. The tape is empty afterwards.
  void backward(const Var& loss);
  void backward(const Var& y, const Tensor& dy);

  std::size_t size() const { return entries_.size(); }

  // The recording tape of this thread, or null.
  static Tape* current();

 private:
  friend class NoGrad;
  friend Var record(Tensor, std::initializer_list<Var>, Backward);

  struct Entry {
    GradientSlot output;  // not the value: whoever reads it later has captured it
    Backward backward;
    std::string_view operation;  // for the profile
  };
  std::vector<Entry, CachedAllocation<Entry>> entries_;
  Tape* outer_;
};

// Stops recording while it lives.
class NoGrad {
 public:
  NoGrad();
  ~NoGrad();
  NoGrad(const NoGrad&) = delete;
  NoGrad& operator=(const NoGrad&) = delete;

 private:
  Tape* suspended_;
};

// What every operation ends with: makes the output Var and, if a tape records and an input wants a gradient, notes how
// to propagate. `backward` captures by name the inputs and whatever else it reads; what it does not name may be
// released.
Var record(Tensor output, std::initializer_list<Var> inputs, Backward backward);

}  // namespace mini_bert
