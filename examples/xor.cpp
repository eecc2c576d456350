// Two Linear layers learn "one or the other, but not both" with AdamW.

#include <cmath>
#include <cstdio>
#include <vector>

#include "mini_bert/autograd/ops.h"
#include "mini_bert/autograd/tape.h"
#include "mini_bert/nn/adamw.h"
#include "mini_bert/nn/linear.h"

using namespace mini_bert;

// y = W₂·tanh(W₁·x + b₁) + b₂: 2 inputs, 8 hidden numbers, 1 output.
class Network final : public Module {
 public:
  Network() : hidden_(2, 8), output_(8, 1) {
    register_module("hidden", hidden_);
    register_module("output", output_);
  }

  Var forward(const Var& x) const { return output_.forward(tanh(hidden_.forward(x))); }

 private:
  Linear hidden_, output_;
};

int main() {
  const Var inputs(Tensor::from(std::vector<float>{0, 0, 0, 1, 1, 0, 1, 1}, {4, 2}));
  const Tensor targets = Tensor::from(std::vector<float>{0, 1, 1, 0}, {4, 1});

  Network network;
  AdamW optimizer(network.parameters(), {});
  for (int step = 0; step < 300; ++step) {
    network.clear_grads();
    Tape tape;
    tape.backward(squared_error(network.forward(inputs), targets, 4));
    optimizer.step(0.05);
  }

  const Var answers = network.forward(inputs);
  for (Index row = 0; row < 4; ++row) {
    const float* x = inputs.value().data<float>() + 2 * row;
    std::printf("%.0f xor %.0f = %ld\n", x[0], x[1], std::lround(answers.value().data<float>()[row]));
  }
}
