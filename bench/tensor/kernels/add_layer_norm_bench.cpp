#include "mini_bert/tensor/kernels/add_layer_norm.h"

#include "bench/tensor/kernels/kernel_bench.h"
#include "mini_bert/tensor/kernels/add.h"
#include "mini_bert/tensor/kernels/dropout.h"
#include "mini_bert/tensor/kernels/layer_norm.h"

// Compares the fused operation with the three operations that it replaces.
namespace mini_bert::bench {
namespace {

constexpr kernels::AddLayerNormOptions options = {.eps = 1e-12, .dropout = 0.1, .key = {.seed = 3, .stream = 4}};

struct Forward {
  Tensor residual = random_tensor({T, H}, 0), h = random_tensor({T, H}, 1), gamma = random_tensor({H}, 2);
  Tensor beta = random_tensor({H}, 3), s{{T, H}}, y{{T, H}}, mean{{T}}, rstd{{T}};

  void fused() { kernels::add_layer_norm(residual, h, gamma, beta, options, s, y, mean, rstd); }
  void composed() {
    kernels::dropout(h, options.dropout, options.key, y);
    kernels::add(residual, y, s);
    kernels::layer_norm(s, gamma, beta, options.eps, y, mean, rstd);
  }
};

struct Backward : Forward {
  Tensor dy = random_tensor({T, H}, 4), ds{{T, H}}, dresidual{{T, H}}, dh{{T, H}};
  Tensor dgamma = Tensor::zeros({H}), dbeta = Tensor::zeros({H});

  Backward() { Forward::fused(); }
  void fused() {
    kernels::add_layer_norm_backward(dy, s, gamma, mean, rstd, options, {dresidual, kernels::Output::replace},
                                     {dh, kernels::Output::replace}, added_to(dgamma), added_to(dbeta));
  }
  void composed() {
    kernels::layer_norm_backward(dy, s, gamma, mean, rstd, {ds, kernels::Output::replace}, added_to(dgamma),
                                 added_to(dbeta));
    kernels::add_backward(ds, {dresidual, kernels::Output::replace});
    kernels::dropout_backward(ds, options.dropout, options.key, {dh, kernels::Output::replace});
  }
};

// The fused and the composed form must agree in `result` before either is timed. `streams` is the number of [T,H]
// arrays that the fused form reads and writes.
template <class Pass>
void measure(benchmark::State& state, Tensor Pass::*result, int streams, bool fused) {
  use_threads(state);
  Pass pass;
  pass.composed();
  const Tensor expected = (pass.*result).clone();
  pass.fused();
  if (!agrees(state, pass.*result, [&](Index i) { return at(expected, i); })) return;
  time_it(state, [&] { fused ? pass.fused() : pass.composed(); });
  report_bytes(state, static_cast<std::size_t>(streams) * pass.h.bytes());
}

void add_layer_norm_forward(benchmark::State& state) {
  measure<Forward>(state, &Forward::y, 4, true);
}
void three_forward(benchmark::State& state) {
  measure<Forward>(state, &Forward::y, 4, false);
}
void add_layer_norm_backward(benchmark::State& state) {
  measure<Backward>(state, &Backward::dh, 4, true);
}
void three_backward(benchmark::State& state) {
  measure<Backward>(state, &Backward::dh, 4, false);
}
KERNEL_BENCHMARK(add_layer_norm_forward);
KERNEL_BENCHMARK(three_forward);
KERNEL_BENCHMARK(add_layer_norm_backward);
KERNEL_BENCHMARK(three_backward);

}  // namespace
}  // namespace mini_bert::bench

BENCHMARK_MAIN();
