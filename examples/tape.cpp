// Two numbers, a small computation, and how its result changes with each of them.
#include <cstdio>

#include "mini_bert/autograd/ops.h"
using namespace mini_bert;

int main() {
  const Var a(Tensor::full({1, 1}, 0.5, DType::f64), true), b(Tensor::full({1, 1}, 2.0, DType::f64), true);
  Tape tape;                                 // records the operations on a and b, which want gradients (true)
  const Var y = add(tanh(matmul(a, b)), a);  // y = tanh(a·b) + a
  tape.backward(y);                          // walks them in reverse: the chain rule
  std::printf("y     = %.4f\n", y.value().item());
  std::printf("dy/da = %.4f   b·(1 − tanh²(a·b)) + 1\n", a.grad().item());
  std::printf("dy/db = %.4f   a·(1 − tanh²(a·b))\n", b.grad().item());
}
