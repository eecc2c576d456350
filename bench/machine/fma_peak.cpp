#include "bench/machine/fma_peak.h"

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>
#include <numeric>
#include <vector>

#include "mini_bert/tensor/parallel.h"

namespace mini_bert::bench {
namespace {

// Independent chains of x = x·a + b. Two units with a latency of four or five cycles need ten chains to stay busy.
// Twelve chains and the two factors fit into the sixteen registers of AVX2.
constexpr int chains = 12;
constexpr float a = 0.999f, b = 0.001f;  // x stays near 1

// Runs the chains `rounds` times. It returns their sum, so that the compiler cannot remove them.
struct Chains {
  float (*run)(Index rounds);
  double flops_per_round;
};

float run_portable(Index rounds) {
  std::array<float, 32> x;
  std::iota(x.begin(), x.end(), 1.0f);  // the compiler would merge equal chains into one
  for (Index i = 0; i < rounds; ++i) {
    for (float& x_j : x) x_j = x_j * a + b;
  }
  return std::accumulate(x.begin(), x.end(), 0.0f);
}

#if defined(__x86_64__)
__attribute__((target("avx2,fma"))) float run_avx2(Index rounds) {
  __m256 x[chains];
  for (__m256& x_j : x) x_j = _mm256_set1_ps(1);
  for (Index i = 0; i < rounds; ++i) {
#pragma GCC unroll 12
    for (__m256& x_j : x) x_j = _mm256_fmadd_ps(x_j, _mm256_set1_ps(a), _mm256_set1_ps(b));
  }
  for (int j = 1; j < chains; ++j) x[0] = _mm256_add_ps(x[0], x[j]);
  return _mm256_cvtss_f32(x[0]);
}

__attribute__((target("avx512f"))) float run_avx512(Index rounds) {
  __m512 x[chains];
  for (__m512& x_j : x) x_j = _mm512_set1_ps(1);
  for (Index i = 0; i < rounds; ++i) {
#pragma GCC unroll 12
    for (__m512& x_j : x) x_j = _mm512_fmadd_ps(x_j, _mm512_set1_ps(a), _mm512_set1_ps(b));
  }
  for (int j = 1; j < chains; ++j) x[0] = _mm512_add_ps(x[0], x[j]);
  return _mm512_cvtss_f32(x[0]);
}

// x + a·b + a·b of bfloat16 pairs. a·b is too small to change x.
__attribute__((target("avx512f,avx512bf16"))) float run_avx512_bf16(Index rounds) {
  const __m512bh factor = (__m512bh)_mm512_set1_epi32(0x00800080);
  __m512 x[chains];
  for (__m512& x_j : x) x_j = _mm512_set1_ps(1);
  for (Index i = 0; i < rounds; ++i) {
#pragma GCC unroll 12
    for (__m512& x_j : x) x_j = _mm512_dpbf16_ps(x_j, factor, factor);
  }
  for (int j = 1; j < chains; ++j) x[0] = _mm512_add_ps(x[0], x[j]);
  return _mm512_cvtss_f32(x[0]);
}

// Sums of four products of bytes in each of sixteen lanes. All factors are 1, so that 32 bits hold the sums of all
// rounds.
__attribute__((target("avx512f,avx512vnni"))) float run_avx512_vnni(Index rounds) {
  const __m512i factor = _mm512_set1_epi8(1);
  __m512i x[chains];
  for (__m512i& x_j : x) x_j = _mm512_set1_epi32(1);
  for (Index i = 0; i < rounds; ++i) {
#pragma GCC unroll 12
    for (__m512i& x_j : x) x_j = _mm512_dpbusd_epi32(x_j, factor, factor);
  }
  for (int j = 1; j < chains; ++j) x[0] = _mm512_add_epi32(x[0], x[j]);
  return static_cast<float>(_mm512_cvtsi512_si32(x[0]));
}

// The same in eight lanes.
__attribute__((target("avx2,avxvnni"))) float run_avx2_vnni(Index rounds) {
  const __m256i factor = _mm256_set1_epi8(1);
  __m256i x[chains];
  for (__m256i& x_j : x) x_j = _mm256_set1_epi32(1);
  for (Index i = 0; i < rounds; ++i) {
#pragma GCC unroll 12
    for (__m256i& x_j : x) x_j = _mm256_dpbusd_avx_epi32(x_j, factor, factor);
  }
  for (int j = 1; j < chains; ++j) x[0] = _mm256_add_epi32(x[0], x[j]);
  return static_cast<float>(_mm256_cvtsi256_si32(x[0]));
}
#elif defined(__aarch64__)
// Twice as many chains, because ARM's larger cores have four units.
float run_neon(Index rounds) {
  float32x4_t x[2 * chains];
  for (float32x4_t& x_j : x) x_j = vdupq_n_f32(1);
  for (Index i = 0; i < rounds; ++i) {
#pragma GCC unroll 24
    for (float32x4_t& x_j : x) x_j = vfmaq_f32(vdupq_n_f32(b), x_j, vdupq_n_f32(a));
  }
  for (int j = 1; j < 2 * chains; ++j) x[0] = vaddq_f32(x[0], x[j]);
  return vgetq_lane_f32(x[0], 0);
}
#endif

Chains chains_of(Isa isa) {
#if defined(__x86_64__)
  if (isa == Isa::avx512_bf16) return {run_avx512_bf16, 2 * 32 * chains};
  if (isa == Isa::avx2) return {run_avx2, 2 * 8 * chains};
  if (isa == Isa::avx512) return {run_avx512, 2 * 16 * chains};
#elif defined(__aarch64__)
  if (isa == Isa::neon) return {run_neon, 2 * 4 * 2 * chains};
#endif
  return {run_portable, 2 * 32};
}

double peak_of(const Chains& measured, int threads) {
  const int before = num_threads();
  set_num_threads(threads);
  constexpr Index rounds = 8'000'000;
  double best = 0;
  for (int run = 0; run < 7; ++run) {
    std::vector<float> sums(static_cast<std::size_t>(threads));
    const auto start = std::chrono::steady_clock::now();
    parallel_for(threads, 1, [&](Index thread) { sums[static_cast<std::size_t>(thread)] = measured.run(rounds); });
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    require(std::ranges::all_of(sums, [](float sum) { return sum > 0; }), "fma_peak: the sums must be positive");
    best = std::max(best, threads * rounds * measured.flops_per_round / seconds.count());
  }
  set_num_threads(before);
  return best;
}

}  // namespace

double fma_peak(Isa isa, int threads) {
  require(has(isa), "fma_peak: this CPU lacks {}", name_of(isa));
  return peak_of(chains_of(isa), threads);
}

double product_peak(DType dtype, int threads) {
  return fma_peak(dtype == DType::bf16 ? isa() : std::min(isa(), Isa::avx512), threads);
}

double int8_peak(int threads) {
#if defined(__x86_64__)
  if (has_int8_instructions(isa())) {
    return isa() == Isa::avx2 ? peak_of({run_avx2_vnni, 2 * 32 * chains}, threads)
                              : peak_of({run_avx512_vnni, 2 * 64 * chains}, threads);
  }
#endif
  (void)threads;
  return std::numeric_limits<double>::quiet_NaN();
}

}  // namespace mini_bert::bench
