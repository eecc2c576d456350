#pragma once

// The intrinsics of AVX-512 and AVX-VNNI in tensor/simd in plain C++ and AVX2, for a CPU without them. Included before
// everything else (-include) by the files that CMakeLists.txt compiles once more for tensor_emulated: SIMDe gives its
// functions the names of the intrinsics, and those that it lacks follow here, lane by lane as Intel's intrinsics guide
// has them.
#include <immintrin.h>

#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/x86/avx512.h>
#include <simde/x86/fma.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "mini_bert/tensor/half.h"

namespace mini_bert::emulation {

template <class T, class Register>
using Lanes = std::array<T, sizeof(Register) / sizeof(T)>;

template <class T, class Register>
Lanes<T, Register> lanes_of(Register x) {
  Lanes<T, Register> lanes;
  std::memcpy(lanes.data(), &x, sizeof(x));
  return lanes;
}

template <class Register, class Lanes>
Register register_of(const Lanes& lanes) {
  static_assert(sizeof(lanes) == sizeof(Register));
  Register x;
  std::memcpy(&x, lanes.data(), sizeof(x));
  return x;
}

// convert(lane) for as many of the first lanes as the result has.
template <class To, class ToLane, class FromLane, class From, class Convert>
To convert_lanes(From x, const Convert& convert) {
  const auto from = lanes_of<FromLane>(x);
  Lanes<ToLane, To> to;
  for (std::size_t i = 0; i < to.size(); ++i) to[i] = convert(from[i]);
  return register_of<To>(to);
}

template <class Register, class T>
Register load_masked(std::uint32_t mask, const void* memory) {
  Lanes<T, Register> lanes{};
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    if (mask >> i & 1) lanes[i] = static_cast<const T*>(memory)[i];
  }
  return register_of<Register>(lanes);
}

template <class T, class Register>
void store_masked(void* memory, std::uint32_t mask, Register x) {
  const auto lanes = lanes_of<T>(x);
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    if (mask >> i & 1) static_cast<T*>(memory)[i] = lanes[i];
  }
}

// Halves onto halves, as the compilers' reductions do.
template <class T, class Register, class Operation>
T reduce(Register x, const Operation& operation) {
  auto lanes = lanes_of<T>(x);
  for (std::size_t half = lanes.size() / 2; half > 0; half /= 2) {
    for (std::size_t i = 0; i < half; ++i) lanes[i] = operation(lanes[i], lanes[i + half]);
  }
  return lanes[0];
}

inline simde__m512 maskz_loadu_ps(simde__mmask16 mask, const void* memory) {
  return load_masked<simde__m512, float>(mask, memory);
}
inline void mask_storeu_ps(void* memory, simde__mmask16 mask, simde__m512 x) {
  store_masked<float>(memory, mask, x);
}
inline simde__m256i maskz_loadu_epi16(simde__mmask16 mask, const void* memory) {
  return load_masked<simde__m256i, std::uint16_t>(mask, memory);
}
inline void mask_storeu_epi16(void* memory, simde__mmask16 mask, simde__m256i x) {
  store_masked<std::uint16_t>(memory, mask, x);
}
inline simde__m512 cvtph_ps(simde__m256i x) {
  return convert_lanes<simde__m512, float, std::uint16_t>(x, half_to_float);
}
inline simde__m512i cvtepu16_epi32(simde__m256i x) {
  return convert_lanes<simde__m512i, std::uint32_t, std::uint16_t>(x, [](std::uint16_t lane) { return lane; });
}
inline simde__m256i cvtepi32_epi16(simde__m512i x) {
  return convert_lanes<simde__m256i, std::uint16_t, std::uint32_t>(
      x, [](std::uint32_t lane) { return static_cast<std::uint16_t>(lane); });
}
inline simde__m128i cvtepi32_epi8(simde__m512i x) {
  return convert_lanes<simde__m128i, std::uint8_t, std::uint32_t>(
      x, [](std::uint32_t lane) { return static_cast<std::uint8_t>(lane); });
}
inline simde__m512 cvtepi32_ps(simde__m512i x) {
  return convert_lanes<simde__m512, float, std::int32_t>(x, [](std::int32_t lane) { return static_cast<float>(lane); });
}
inline std::uint16_t round_to_bf16(std::uint32_t word) {
  const std::uint32_t magnitude = word & 0x7fffffff, infinity = 0x7f800000, least_normal = 0x00800000;
  const std::uint32_t result = magnitude < least_normal ? word ^ magnitude
                               : magnitude > infinity   ? word | 0x00400000
                                                        : word + 0x7fff + (word >> 16 & 1);
  return static_cast<std::uint16_t>(result >> 16);
}
// Rounds the lanes of `low`, then those of `high`. Denormals become 0, and NaN stays NaN.
inline simde__m512i cvtne2ps_pbh(simde__m512 high, simde__m512 low) {
  const auto first = lanes_of<std::uint32_t>(low), second = lanes_of<std::uint32_t>(high);
  std::array<std::uint16_t, 32> rounded;
  for (std::size_t i = 0; i < first.size(); ++i) {
    rounded[i] = round_to_bf16(first[i]);
    rounded[first.size() + i] = round_to_bf16(second[i]);
  }
  return register_of<simde__m512i>(rounded);
}
// What does not fit becomes the "integer indefinite value".
inline simde__m512i cvtps_epi32(simde__m512 x) {
  return convert_lanes<simde__m512i, std::int32_t, float>(x, [](float lane) {
    const float rounded = std::nearbyint(lane);
    return rounded >= -0x1p31f && rounded < 0x1p31f ? static_cast<std::int32_t>(rounded) : INT32_MIN;
  });
}
inline simde__m512d cvtps_pd(simde__m256 x) {
  return convert_lanes<simde__m512d, double, float>(x, [](float lane) { return static_cast<double>(lane); });
}
inline simde__m256 extractf32x8_ps(simde__m512 x, int half) {
  simde__m256 result;
  std::memcpy(&result, reinterpret_cast<const char*>(&x) + (half & 1) * sizeof(result), sizeof(result));
  return result;
}
inline float reduce_add_ps(simde__m512 x) {
  return reduce<float>(x, [](float a, float b) { return a + b; });
}
inline float reduce_max_ps(simde__m512 x) {
  return reduce<float>(x, [](float a, float b) { return a > b ? a : b; });
}
inline double reduce_add_pd(simde__m512d x) {
  return reduce<double>(x, [](double a, double b) { return a + b; });
}

}  // namespace mini_bert::emulation

// NOLINTBEGIN(bugprone-reserved-identifier)
#undef _mm512_maskz_loadu_ps
#define _mm512_maskz_loadu_ps mini_bert::emulation::maskz_loadu_ps
#undef _mm512_mask_storeu_ps
#define _mm512_mask_storeu_ps mini_bert::emulation::mask_storeu_ps
#undef _mm256_maskz_loadu_epi16
#define _mm256_maskz_loadu_epi16 mini_bert::emulation::maskz_loadu_epi16
#undef _mm256_mask_storeu_epi16
#define _mm256_mask_storeu_epi16 mini_bert::emulation::mask_storeu_epi16
#undef _mm512_cvtph_ps
#define _mm512_cvtph_ps mini_bert::emulation::cvtph_ps
#undef _mm512_cvtepu16_epi32
#define _mm512_cvtepu16_epi32 mini_bert::emulation::cvtepu16_epi32
#undef _mm512_cvtepi32_epi16
#define _mm512_cvtepi32_epi16 mini_bert::emulation::cvtepi32_epi16
#undef _mm512_cvtepi32_epi8
#define _mm512_cvtepi32_epi8 mini_bert::emulation::cvtepi32_epi8
#undef _mm512_cvtepi32_ps
#define _mm512_cvtepi32_ps mini_bert::emulation::cvtepi32_ps
#undef _mm512_cvtps_epi32
#define _mm512_cvtps_epi32 mini_bert::emulation::cvtps_epi32
#undef _mm512_cvtps_pd
#define _mm512_cvtps_pd mini_bert::emulation::cvtps_pd
#undef _mm512_extractf32x8_ps
#define _mm512_extractf32x8_ps mini_bert::emulation::extractf32x8_ps
#undef _mm512_reduce_add_ps
#define _mm512_reduce_add_ps mini_bert::emulation::reduce_add_ps
#undef _mm512_reduce_max_ps
#define _mm512_reduce_max_ps mini_bert::emulation::reduce_max_ps
#undef _mm512_reduce_add_pd
#define _mm512_reduce_add_pd mini_bert::emulation::reduce_add_pd
#undef _mm512_cvtne2ps_pbh
#define _mm512_cvtne2ps_pbh mini_bert::emulation::cvtne2ps_pbh
#undef _mm512_madd_epi16  // SIMDe 0.7.4 gives this name to the form with a mask
#define _mm512_madd_epi16 simde_mm512_madd_epi16
#undef _mm256_dpbusd_avx_epi32
#define _mm256_dpbusd_avx_epi32 simde_mm256_dpbusd_epi32
#undef _mm512_shuffle_f32x4
#define _mm512_shuffle_f32x4 simde_mm512_shuffle_f32x4
// NOLINTEND(bugprone-reserved-identifier)
