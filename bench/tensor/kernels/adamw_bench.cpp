#include "mini_bert/tensor/kernels/adamw.h"

#include "bench/tensor/kernels/kernel_bench.h"

namespace mini_bert::bench {
namespace {

void adamw(benchmark::State& state) {
  use_threads(state);
  const kernels::AdamWStep step = {.learning_rate = 1e-4,
                                   .beta_1 = 0.9,
                                   .beta_2 = 0.999,
                                   .eps = 1e-6,
                                   .weight_decay = 0.01,
                                   .correction_1 = 0.1,
                                   .correction_2 = 0.001};
  const Tensor gradient = random_tensor({F, H}, 0), before = random_tensor({F, H}, 1);
  Tensor parameter = before.clone(), m = Tensor::zeros({F, H}), v = Tensor::zeros({F, H});
  const auto run = [&] { kernels::adamw(step, gradient, 1, parameter, m, v); };
  run();
  const auto expected = [&](Index i) {
    const double g = at(gradient, i), first_m = 0.1 * g, first_v = 0.001 * g * g;
    const double decayed = at(before, i) * (1 - 1e-4 * 0.01);
    return decayed - 1e-4 * (first_m / 0.1) / (std::sqrt(first_v / 0.001) + 1e-6);
  };
  // A step changes the parameters little, so the changes are compared, not the parameters.
  Tensor change({F, H});
  for (Index i = 0; i < change.size(); ++i)
    change.data<float>()[i] = static_cast<float>(at(parameter, i) - at(before, i));
  if (!agrees(
          state, change, [&](Index i) { return expected(i) - at(before, i); }, 5e-3))
    return;
  time_it(state, run);
  report_bytes(state, 7 * gradient.bytes());
}
KERNEL_BENCHMARK(adamw);

}  // namespace
}  // namespace mini_bert::bench

BENCHMARK_MAIN();
