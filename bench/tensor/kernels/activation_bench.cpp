#include "mini_bert/tensor/kernels/activation.h"

#include "bench/tensor/kernels/kernel_bench.h"

namespace mini_bert::bench {
namespace {

// Results are compared with the definition in double. The tests compare the definition with the formula.
void forward(benchmark::State& state, Activation activation) {
  use_threads(state);
  const Tensor x = random_tensor({T, F});
  Tensor y({T, F}), expected({T, F}, DType::f64);
  const auto run = [&] { kernels::activate(x, activation, y); };
  run();
  kernels::activate(x.to(DType::f64), activation, expected);
  if (!agrees(state, y, [&](Index i) { return expected.data<double>()[i]; })) return;
  time_it(state, run);
  report_bytes(state, 2 * x.bytes());
}

void backward(benchmark::State& state, Activation activation) {
  use_threads(state);
  const Tensor x = random_tensor({T, F}, 0), dy = random_tensor({T, F}, 1);
  Tensor dx = Tensor::zeros({T, F}), expected = Tensor::zeros({T, F}, DType::f64);
  const auto run = [&] { kernels::activate_backward(dy, x, activation, added_to(dx)); };
  run();
  kernels::activate_backward(dy.to(DType::f64), x.to(DType::f64), activation, added_to(expected));
  if (!agrees(state, dx, [&](Index i) { return expected.data<double>()[i]; })) return;
  time_it(state, run);
  report_bytes(state, 4 * x.bytes());
}

using Function = void (*)(benchmark::State&, Activation);

void register_benchmark(const std::string& name, Function function, Activation activation) {
  benchmark::RegisterBenchmark(name.c_str(), function, activation)
      ->ArgName("threads")
      ->Arg(1)
      ->Arg(2)
      ->UseRealTime()
      ->Unit(benchmark::kMicrosecond);
}

[[maybe_unused]] const bool registered = [] {
  for (const Activation activation : all_activations()) {
    register_benchmark(std::string(name_of(activation)) + "_forward", forward, activation);
    register_benchmark(std::string(name_of(activation)) + "_backward", backward, activation);
  }
  return true;
}();

}  // namespace
}  // namespace mini_bert::bench

BENCHMARK_MAIN();
