#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <string>
#include <utility>

#include "mini_bert/tensor/kernels/gradient.h"
#include "mini_bert/tensor/parallel.h"
#include "mini_bert/tensor/random.h"
#include "mini_bert/tensor/simd/isa.h"
#include "mini_bert/tensor/tensor.h"

// Shared by all benchmarks of kernels. Each benchmark first compares samples of the kernel's result with the formula in
// double. If they differ, it measures nothing. Otherwise it reports GFLOP/s, or the GB/s of the tensors that are read
// and written, and this speed as a share of a triad a = b + 3c over the same number of bytes. MINI_BERT_ISA=portable
// measures the definitions.
namespace mini_bert::bench {

// BERT base with four sentences of 128 tokens, in f32.
inline constexpr Index T = 512, H = 768, F = 3072, V = 21128, N = 12, sentence_length = 128;
inline constexpr Index M = T * 15 / 100;  // masked tokens

inline Tensor random_tensor(const Shape& shape, std::uint32_t stream = 0) {
  Tensor x(shape);
  fill_normal(x, 0, 1, {.seed = 1, .stream = stream});
  return x;
}

inline kernels::Gradient added_to(Tensor& dx) {
  return {dx, kernels::Output::accumulate};
}

// Random indices below `limit`, T of them.
inline Tensor random_indices(Index limit) {
  RandomSequence random({.seed = 2});
  Tensor indices({T}, DType::i32);
  for (std::int32_t& i : indices.values<std::int32_t>()) i = static_cast<std::int32_t>(random.below(limit));
  return indices;
}

// Element i as a double.
inline double at(const Tensor& x, Index i) {
  return x.data<float>()[i];
}
inline double at(const Tensor& x, Index row, Index col) {
  return at(x, row * x.cols() + col);
}

// Whether about a hundred elements of `actual`, from all rows and columns, equal expected(i) up to `tolerance` times
// the largest of them. If not, the benchmark fails.
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
// Bytes per second of a = b + 3c over `bytes` bytes in total, the best of 20 passes. This is the speed of memory, or of
// the cache that holds this many bytes, with this number of threads.
inline double triad_speed(std::size_t bytes) {
  static std::map<std::pair<int, std::size_t>, double> measured;
  double& best = measured[{num_threads(), bytes}];
  if (best > 0) return best;
  const auto n = static_cast<Index>(bytes / (3 * sizeof(float)));
  Tensor a({n});
  const Tensor b = Tensor::full({n}, 1), c = Tensor::full({n}, 2);
  for (int pass = 0; pass < 20; ++pass) {
    const auto start = std::chrono::steady_clock::now();
    parallel_for_chunks(n, 4096, [&](Index begin, Index end) {
      const float *const x = b.data<float>(), *const y = c.data<float>();
      float* const to = a.data<float>();
      for (Index i = begin; i < end; ++i) to[i] = x[i] + 3 * y[i];
    });
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    best = std::max(best, static_cast<double>(bytes) / seconds.count());
  }
  return best;
}

inline void report_bytes(benchmark::State& state, std::size_t bytes) {
  const double total = static_cast<double>(bytes) * static_cast<double>(state.iterations());
  state.counters["GB/s"] = benchmark::Counter(total * 1e-9, benchmark::Counter::kIsRate);
  state.counters["of triad"] = benchmark::Counter(total / triad_speed(bytes), benchmark::Counter::kIsRate);
  state.SetLabel(std::string(name_of(isa())));
}

}  // namespace mini_bert::bench

// Registers a benchmark with one thread and with two threads.
#define KERNEL_BENCHMARK(...) \
  BENCHMARK(__VA_ARGS__)->ArgName("threads")->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMicrosecond)
