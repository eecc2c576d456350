#include "mini_bert/autograd/tape.h"

#include <thread>

#include "mini_bert/autograd/ops.h"
#include "mini_bert/tensor/allocator.h"
#include "mini_bert/tensor/kernels/add.h"
#include "mini_bert/tensor/parallel.h"
#include "tests/autograd/op_testing.h"

namespace mini_bert::testing {
namespace {

// x, noting `name` in `order` when the backward pass comes by.
Var spy(const Var& x, char name, std::string& order) {
  return record(x.value().clone(), {x}, [x, name, &order](const Tensor& dy) {
    order += name;
    kernels::add_backward(dy, x.gradient());
  });
}

Var number(double value) {
  return Var(Tensor::full({}, value, DType::f64), true);
}

TEST_CASE("backward walks the operations in reverse, each once", "[tape]") {
  std::string order;
  const Var x = number(2);
  Tape tape;
  const Var a = spy(x, 'a', order), b = spy(a, 'b', order), c = spy(a, 'c', order);
  const Var y = add(b, c);
  spy(y, 'd', order);  // does not lead to the loss
  CHECK(tape.size() == 5);
  tape.backward(y);
  CHECK(order == "cba");
  CHECK(x.grad().item() == 2);
  CHECK(tape.size() == 0);
}

TEST_CASE("a value used twice gets both gradients", "[tape]") {
  const Var x = number(3);
  Tape tape;
  SECTION("by one operation") {
    tape.backward(add(x, x));
    CHECK(x.grad().item() == 2);
  }
  SECTION("by two") {
    tape.backward(add(scale(x, 0.5), scale(x, 1.5)));
    CHECK(x.grad().item() == 2);
  }
  SECTION("an activation") {
    const Var h = scale(x, 2);
    tape.backward(add(scale(h, 0.75), scale(h, 0.25)));
    CHECK(x.grad().item() == 2);
  }
}

TEST_CASE("a diamond of operations has the gradient of the whole", "[tape]") {
  const Var x = random_var({5, 7}), weight = random_var({7, 7}, DType::f64, 1), bias = random_var({7}, DType::f64, 2);
  const auto f = [&] {
    const Var h = gelu(linear(x, weight, bias));
    return softmax(add(add(x, tanh(h)), matmul(h, weight)));
  };
  check_gradients(f, {x, weight, bias});
  check_accumulation(f, {x, weight, bias});
}

TEST_CASE("without a tape nothing is recorded", "[tape]") {
  CHECK(Tape::current() == nullptr);
  const Var x = number(1);
  CHECK_FALSE(scale(x, 2).requires_grad());
}

TEST_CASE("inside NoGrad nothing is recorded", "[tape]") {
  const Var x = number(1);
  Tape tape;
  const Var recorded = scale(x, 2);
  {
    const NoGrad no_grad;
    CHECK(Tape::current() == nullptr);
    CHECK_FALSE(scale(recorded, 3).requires_grad());
    {
      const NoGrad inside;
      Tape explicit_again;
      CHECK(scale(x, 2).requires_grad());
      CHECK(explicit_again.size() == 1);
    }
    CHECK(Tape::current() == nullptr);
  }
  CHECK(Tape::current() == &tape);
  CHECK(tape.size() == 1);
}

TEST_CASE("NoGrad ends when an exception leaves it", "[tape]") {
  Tape tape;
  try {
    const NoGrad no_grad;
    fail("leaving");
  } catch (const Error&) {
  }
  CHECK(Tape::current() == &tape);
}

TEST_CASE("the newest tape records, the one before goes on after it", "[tape]") {
  const Var x = number(1), z = number(1);
  Tape outer;
  const Var h = scale(x, 2);
  {
    Tape inner;
    CHECK(Tape::current() == &inner);
    inner.backward(scale(z, 5));
    CHECK(inner.size() == 0);
  }
  CHECK(z.grad().item() == 5);
  CHECK(outer.size() == 1);
  outer.backward(scale(h, 3));
  CHECK(x.grad().item() == 6);
}

TEST_CASE("each thread has its own tape", "[tape][threads]") {
  const Var x = number(1);
  Tape tape;
  Tape* seen = &tape;
  bool recorded = true;
  std::thread([&] {
    seen = Tape::current();
    recorded = scale(x, 2).requires_grad();
  }).join();
  CHECK(seen == nullptr);
  CHECK_FALSE(recorded);
  CHECK(tape.size() == 0);
}

TEST_CASE("activations and their gradients are released", "[tape]") {
  const Var weight = random_var({64, 64}, DType::f32, 0), bias = random_var({64}, DType::f32, 1);
  const Tensor x = random_tensor({100, 64}, DType::f32);
  weight.grad_to_accumulate();
  bias.grad_to_accumulate();
  const auto live = [] { return CachingAllocator::instance().statistics().live; };
  const auto forward = [&] {
    Var h(x);
    for (int layer = 0; layer < 6; ++layer) h = dropout(gelu(linear(h, weight, bias)), 0.1, {});
    return cross_entropy(h, Tensor::zeros({100}, DType::i32), 100);
  };
  // Kernels keep scratch memory for every thread that has computed for them: here one, which has it after one pass.
  const int threads = num_threads();
  set_num_threads(1);
  {
    Tape tape;
    tape.backward(forward());
  }
  const std::size_t before = live();
  SECTION("by the backward pass") {
    Tape tape;
    tape.backward(forward());
    CHECK(live() == before);
  }
  SECTION("by the end of the tape when there was no backward pass") {
    {
      Tape tape;
      const Var loss = forward();
      CHECK(live() > before + 6 * 100 * 64 * sizeof(float));
    }
    CHECK(live() == before);
  }
  SECTION("at once when nothing is recorded") {
    const NoGrad no_grad;
    forward();
    CHECK(live() == before);
  }
  set_num_threads(threads);
}

TEST_CASE("backward refuses what it cannot seed", "[tape]") {
  const Var x = random_var({2, 3}), constant(Tensor::full({}, 1));
  Tape tape;
  CHECK_THROWS_WITH(tape.backward(scale(x, 2)), ContainsSubstring("the loss must hold one element, got [2,3]"));
  CHECK_THROWS_WITH(tape.backward(scale(x, 2), Tensor::zeros({3, 2}, DType::f64)),
                    ContainsSubstring("dy must be [2,3], got [3,2]"));
  CHECK_THROWS_WITH(tape.backward(scale(constant, 2)), ContainsSubstring("nothing that was recorded leads to"));
  CHECK_THROWS_AS(tape.backward(scale(x, 2), Tensor::zeros({2, 3}, DType::f32)), Error);
}

}  // namespace
}  // namespace mini_bert::testing
