#include "mini_bert/nn/recompute.h"

#include "mini_bert/autograd/ops/add.h"
#include "mini_bert/nn/dropout.h"
#include "mini_bert/nn/linear.h"
#include "mini_bert/tensor/allocator.h"
#include "tests/catch.h"
#include "tests/nn/nn_testing.h"

using namespace mini_bert;

namespace recompute_test {

constexpr Index hidden = 5;

Var input(bool requires_grad) {
  return Var(test::normal({7, hidden}, DType::f64, 2), requires_grad);
}

// A module with dropout, and how often it was computed.
struct Block {
  Block() { test::randomize(linear, 1); }
  Var operator()(const Var& x, Mode& mode) const {
    ++*calls;
    return dropout.forward(linear.forward(dropout.forward(x, mode)), mode);
  }

  Linear linear{hidden, hidden, DType::f64};
  Dropout dropout{0.4};
  std::shared_ptr<int> calls = std::make_shared<int>(0);
};

struct Pass {
  Tensor y, dx, next;
  std::vector<Tensor> parameters;
};

// y = dropout(x + block(x)): what uses x besides the block, and the random numbers after it, must not notice.
Pass pass(const Block& block, bool again, bool x_wants_gradient = true) {
  Var x = input(x_wants_gradient);
  const auto call = [&block](const Var& x, Mode& mode) { return block(x, mode); };
  Mode mode = Mode::training(3, 4);
  Tape tape;
  const Var inner = again ? recompute(x, mode, call) : call(x, mode);
  const Var y = Dropout(0.3).forward(add(x, inner), mode);
  Tensor value = y.value().clone();
  tape.backward(y, test::normal(y.shape(), DType::f64, 5));
  std::vector<Parameter> parameters = block.linear.parameters();
  Pass result{std::move(value), x.grad(), {}, test::grads_of(parameters)};
  for (Parameter& parameter : parameters) parameter.var().clear_grad();
  return result;
}

TEST_CASE("recompute: the bits of the value and of every gradient, computing twice") {
  const Block block;
  const Pass plain = pass(block, false);
  CHECK(*block.calls == 1);
  const Pass again = pass(block, true);
  CHECK(*block.calls == 3);
  CHECK(test::same_bits(again.y, plain.y));
  CHECK(test::same_bits(again.dx, plain.dx));
  CHECK(test::same_bits(again.parameters, plain.parameters));
}

TEST_CASE("recompute: parameters get their gradients when the input wants none") {
  const Block block;
  const Pass plain = pass(block, false, false), again = pass(block, true, false);
  CHECK_FALSE(again.dx.defined());
  CHECK(test::same_bits(again.parameters, plain.parameters));
}

TEST_CASE("recompute: a block of which nothing wants a gradient is computed once") {
  const Block block;
  for (Parameter& parameter : block.linear.parameters()) parameter.var().set_requires_grad(false);
  Mode mode = Mode::training(3, 4);
  Tape tape;
  const auto call = [&block](const Var& x, Mode& mode) { return block(x, mode); };
  CHECK_FALSE(recompute(input(false), mode, call).requires_grad());
  CHECK(tape.size() == 0);
}

TEST_CASE("recompute: without a tape it is the block alone") {
  const Block block;
  Mode mode = Mode::training(3, 4), same = Mode::training(3, 4);
  const auto call = [&block](const Var& x, Mode& mode) { return block(x, mode); };
  const Var y = recompute(input(true), mode, call);
  CHECK(*block.calls == 1);
  CHECK_FALSE(y.requires_grad());
  CHECK(test::same_bits(y.value(), block(input(true), same).value()));
}

TEST_CASE("recompute: nothing but input and output is held between forward and backward") {
  const Block block;
  const Var x = input(true);
  const auto live = [] { return CachingAllocator::instance().statistics().live; };
  // What holds a tensor of x's size over the tape's entries, values and slots, which are a few hundred bytes.
  const auto call = [&block](const Var& x, Mode& mode) {
    Var y = x;
    for (int i = 0; i < 50; ++i) y = block(y, mode);
    return y;
  };
  const auto held = [&](bool again) {
    Mode mode = Mode::training(3, 4);
    const std::size_t before = live();
    Tape tape;
    const Var y = again ? recompute(x, mode, call) : call(x, mode);
    return live() - before;
  };
  const std::size_t one = x.value().bytes();
  CHECK(held(false) > 50 * one);
  CHECK(held(true) < 10 * one);
}

}  // namespace recompute_test
