#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>

#include "tensor/kernels/gradient.h"
#include "tensor/parallel.h"
#include "tensor/random.h"
#include "tensor/tensor.h"

// What the benchmarks of the kernels share. Each first compares samples of the kernel's result with the formula in
// double and measures nothing when they differ; then it reports GFLOP/s, or the GB/s of the tensors read and written.
namespace mini_bert::bench {

// BERT base with four sentences of 128 tokens, in f32.
inline constexpr Index T = 512, H = 768, F = 3072, V = 21128, N = 12, S = 128;
inline constexpr Index M = T * 15 / 100;  // masked tokens

inline Tensor random_tensor(const Shape& shape, std::uint32_t stream = 0) {
  Tensor x(shape);
  fill_normal(x, 0, 1, {.seed = 1, .stream = stream});
  return x;
}

inline kernels::Gradient added_to(Tensor& dx) {
  return {dx, kernels::Output::accumulate};
}

// Indices below `limit`, T of them.
inline Tensor random_indices(Index limit) {
  RandomSequence random({.seed = 2});
  Tensor indices({T}, DType::i32);
  for (std::int32_t& i : indices.values<std::int32_t>()) i = static_cast<std::int32_t>(random.below(limit));
  return indices;
}

// Element i, as a double.
inline double at(const Tensor& x, Index i) {
  return x.data<float>()[i];
}
inline double at(const Tensor& x, Index row, Index col) {
  return at(x, row * x.cols() + col);
}

// Whether about a hundred elements of `actual` are expected(i) up to `tolerance` of the largest of them, rows and
// columns mixed. If not, the benchmark fails.
template <class Expected>
bool agrees(benchmark::State& state, const Tensor& actual, const Expected& expected, double tolerance = 1e-4) {
  const Index step = actual.size() / 97 + 1;
  double error = 0, largest = 1e-30;
  for (Index i = 0; i < actual.size(); i += step) {
    const double value = expected(i);
    const double difference = std::abs(at(actual, i) - value);
    error = std::isnan(difference) ? INFINITY : std::max(error, difference);
    largest = std::max(largest, std::abs(value));
  }
  if (error <= tolerance * largest) return true;
  state.SkipWithError("the result is wrong");
  return false;
}

template <class Kernel>
void time_it(benchmark::State& state, const Kernel& kernel) {
  for (auto _ : state) {
    kernel();
    benchmark::ClobberMemory();
  }
}

inline void use_threads(const benchmark::State& state) {
  set_num_threads(static_cast<int>(state.range(0)));
}

inline void report_flops(benchmark::State& state, double flops) {
  state.counters["GFLOP/s"] =
      benchmark::Counter(flops * 1e-9 * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}
inline void report_bytes(benchmark::State& state, std::size_t bytes) {
  state.counters["GB/s"] = benchmark::Counter(
      static_cast<double>(bytes) * 1e-9 * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

}  // namespace mini_bert::bench

// Registers a function for one and for two threads.
#define KERNEL_BENCHMARK(...) \
  BENCHMARK(__VA_ARGS__)->ArgName("threads")->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMicrosecond)
