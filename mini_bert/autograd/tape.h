#pragma once

#include <initializer_list>
#include <vector>

#include "mini_bert/autograd/var.h"
#include "mini_bert/tensor/allocator.h"
#include "mini_bert/tensor/profile.h"

namespace mini_bert {

// The backward pass of one operation: a function object void(const Tensor& dy) that is given dy, the gradient of the
// operation's output, and adds to the gradients of its inputs. Unlike std::function, it takes its memory from the
// caching allocator, so recording allocates nothing from the system after the first step.
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

// Records operations in the order in which they are computed. backward() visits them once in reverse, which is a
// topological order, so it needs neither a graph search nor recursion. The newest Tape of a thread records; without one
// (or inside a NoGrad scope) operations only compute, which is inference.
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

  // Propagates `dy`, the gradient of y, to the inputs of all recorded operations. For a loss, which must have one
  // element, it is 1. Activations and their gradients are released on the way; the gradients of leaves stay. The tape
  // is empty afterwards.
  void backward(const Var& loss);
  void backward(const Var& y, const Tensor& dy);

  std::size_t size() const { return entries_.size(); }

  // The recording tape of this thread, or null.
  static Tape* current();

 private:
  friend class NoGrad;
  friend Var record(Tensor, std::initializer_list<Var>, Backward);

  struct Entry {
    GradientSlot output;  // not the value: a backward pass that reads it has captured it
    Backward backward;
    std::string_view operation;  // for the profile
  };
  std::vector<Entry, CachedAllocation<Entry>> entries_;
  Tape* outer_;
};

// Stops recording while it exists.
class NoGrad {
 public:
  NoGrad();
  ~NoGrad();
  NoGrad(const NoGrad&) = delete;
  NoGrad& operator=(const NoGrad&) = delete;

 private:
  Tape* suspended_;
};

// The last step of every operation: makes the output Var and, if a tape records and an input requires a gradient,
// records `backward`. `backward` names in its capture list every input and tensor that it reads; all others may be
// released.
Var record(Tensor output, std::initializer_list<Var> inputs, Backward backward);

}  // namespace mini_bert
