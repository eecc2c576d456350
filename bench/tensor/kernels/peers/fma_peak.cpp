#include <algorithm>
#include <chrono>
#include <vector>

#include "bench/tensor/kernels/peers/peers.h"
#include "tensor/parallel.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace mini_bert::bench {
namespace {

constexpr int repetitions = 2'000'000;

#if defined(__x86_64__)
// Twelve independent chains: enough to fill two pipes that need five cycles for an addition.
__attribute__((target("avx2,fma"))) double chains_avx2() {
  __m256 sum[12];
  for (int i = 0; i < 12; ++i) sum[i] = _mm256_set1_ps(static_cast<float>(i));
  const __m256 a = _mm256_set1_ps(0.5f), b = _mm256_set1_ps(1.0f);
  for (int n = 0; n < repetitions; ++n) {
#pragma GCC unroll 12
    for (int i = 0; i < 12; ++i) sum[i] = _mm256_fmadd_ps(sum[i], a, b);
  }
  for (int i = 1; i < 12; ++i) sum[0] = _mm256_add_ps(sum[0], sum[i]);
  return static_cast<double>(_mm256_cvtss_f32(sum[0]));
}

__attribute__((target("avx512f"))) double chains_avx512() {
  __m512 sum[24];
  for (int i = 0; i < 24; ++i) sum[i] = _mm512_set1_ps(static_cast<float>(i));
  const __m512 a = _mm512_set1_ps(0.5f), b = _mm512_set1_ps(1.0f);
  for (int n = 0; n < repetitions; ++n) {
#pragma GCC unroll 24
    for (int i = 0; i < 24; ++i) sum[i] = _mm512_fmadd_ps(sum[i], a, b);
  }
  for (int i = 1; i < 24; ++i) sum[0] = _mm512_add_ps(sum[0], sum[i]);
  return static_cast<double>(_mm512_cvtss_f32(sum[0]));
}
#endif

struct Chains {
  double (*run)();
  double flops;
};

Chains widest() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return {chains_avx512, 2.0 * 24 * 16 * repetitions};
  if (__builtin_cpu_supports("fma") && __builtin_cpu_supports("avx2")) return {chains_avx2, 2.0 * 12 * 8 * repetitions};
#endif
  return {nullptr, 0.0};
}

}  // namespace

double fma_peak(int threads) {
  const Chains chains = widest();
  if (chains.run == nullptr) return 0.0;
  const int threads_before = num_threads();
  set_num_threads(threads);
  std::vector<double> results(static_cast<std::size_t>(threads));
  double best = 0.0;
  for (int attempt = 0; attempt < 10; ++attempt) {
    const auto begin = std::chrono::steady_clock::now();
    parallel_for(threads, 1, [&](Index t) { results[static_cast<std::size_t>(t)] = chains.run(); });
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    best = std::max(best, chains.flops * threads / seconds.count() * 1e-9);
  }
  set_num_threads(threads_before);
  return results[0] > 0.0 ? best : 0.0;
}

}  // namespace mini_bert::bench
