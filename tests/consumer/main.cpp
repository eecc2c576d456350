// A program outside the project: one step of learning with one layer.

#include <cstdio>
#include <span>

#include "mini_bert/autograd/ops.h"
#include "mini_bert/autograd/tape.h"
#include "mini_bert/base/version.h"
#include "mini_bert/nn/linear.h"

int main() {
  using namespace mini_bert;
  const Linear layer(2, 1, DType::f32);
  for (Parameter parameter : layer.parameters()) parameter.value().fill(1);
  const Var x(Tensor::full({3, 2}, 2));
  Tape tape;
  tape.backward(squared_error(layer.forward(x), Tensor::zeros({3, 1}), 3));
  const std::span<const float> dW = layer.parameters()[0].grad().values<float>();
  std::printf("%g %g\n", dW[0], dW[1]);  // y = 5, dL/dy = 2·5/3 for each of 3 rows, x = 2: 20
}
