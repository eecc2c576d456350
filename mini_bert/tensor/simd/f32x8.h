#pragma once

#include <immintrin.h>

#include <cstdint>
#include <cstring>

#include "mini_bert/tensor/dtype.h"
#include "mini_bert/tensor/shape.h"

// Eight floats in an AVX2 register. Only avx2.cpp and avx2_vnni.cpp include this header; they are compiled with -mavx2
// -mfma. The anonymous namespace gives everything that is built from it internal linkage, so that no other code can
// call it.
namespace mini_bert::simd {
namespace {

struct U32x8 {
  __m256i v;

  U32x8(__m256i value) : v(value) {}
  explicit U32x8(std::uint32_t value) : v(_mm256_set1_epi32(static_cast<int>(value))) {}
  static U32x8 iota() { return _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7); }

  friend U32x8 operator+(U32x8 a, U32x8 b) { return _mm256_add_epi32(a.v, b.v); }
  friend U32x8 operator-(U32x8 a, U32x8 b) { return _mm256_sub_epi32(a.v, b.v); }
  friend U32x8 operator&(U32x8 a, U32x8 b) { return _mm256_and_si256(a.v, b.v); }
  friend U32x8 operator|(U32x8 a, U32x8 b) { return _mm256_or_si256(a.v, b.v); }
  friend U32x8 operator^(U32x8 a, U32x8 b) { return _mm256_xor_si256(a.v, b.v); }
  friend U32x8 operator<<(U32x8 a, int bits) { return _mm256_slli_epi32(a.v, bits); }
  friend U32x8 operator>>(U32x8 a, int bits) { return _mm256_srli_epi32(a.v, bits); }
};

struct F32x8 {
  using Bits = U32x8;
  struct DoubleSum;
  static constexpr Index lanes = 8;
  static constexpr int registers = 16;
  __m256 v;

  F32x8() = default;
  F32x8(__m256 value) : v(value) {}
  F32x8(float value) : v(_mm256_set1_ps(value)) {}

  static F32x8 load(const float* p) { return _mm256_loadu_ps(p); }
  void store(float* p) const { _mm256_storeu_ps(p, v); }
  // The first n ≤ 8 lanes; the others are 0, and memory beyond the n elements is neither read nor written.
  static F32x8 load(const float* p, Index n) { return _mm256_maskload_ps(p, first(n)); }
  void store(float* p, Index n) const { _mm256_maskstore_ps(p, first(n), v); }

  // The same in bfloat16 memory; stores round to nearest, ties to even, and NaN stays NaN.
  static F32x8 load(const BFloat16* p) { return widen(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))); }
  void store(BFloat16* p) const { _mm_storeu_si128(reinterpret_cast<__m128i*>(p), narrow()); }
  static F32x8 load(const BFloat16* p, Index n) {
    __m128i halves = _mm_setzero_si128();
    std::memcpy(&halves, p, static_cast<std::size_t>(n) * sizeof(BFloat16));
    return widen(halves);
  }
  void store(BFloat16* p, Index n) const {
    const __m128i halves = narrow();
    std::memcpy(static_cast<void*>(p), &halves, static_cast<std::size_t>(n) * sizeof(BFloat16));
  }

  // Weights in float16, which are only read.
  static F32x8 load(const Float16* p) { return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))); }
  static F32x8 load(const Float16* p, Index n) {
    __m128i halves = _mm_setzero_si128();
    std::memcpy(&halves, p, static_cast<std::size_t>(n) * sizeof(Float16));
    return _mm256_cvtph_ps(halves);
  }

  friend F32x8 operator+(F32x8 a, F32x8 b) { return _mm256_add_ps(a.v, b.v); }
  friend F32x8 operator-(F32x8 a, F32x8 b) { return _mm256_sub_ps(a.v, b.v); }
  friend F32x8 operator*(F32x8 a, F32x8 b) { return _mm256_mul_ps(a.v, b.v); }
  friend F32x8 operator/(F32x8 a, F32x8 b) { return _mm256_div_ps(a.v, b.v); }
  F32x8 operator-() const { return _mm256_xor_ps(v, _mm256_set1_ps(-0.0f)); }
  F32x8& operator+=(F32x8 b) { return *this = *this + b; }
  F32x8& operator*=(F32x8 b) { return *this = *this * b; }

  // Masks are lanes of all ones or all zeros.
  friend F32x8 operator<(F32x8 a, F32x8 b) { return _mm256_cmp_ps(a.v, b.v, _CMP_LT_OQ); }

 private:
  static __m256i first(Index n) { return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n)), U32x8::iota().v); }
  static F32x8 widen(__m128i halves) {
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(halves), 16));
  }
  __m128i narrow() const {
    const U32x8 word = _mm256_castps_si256(v), upper = word >> 16;
    const U32x8 rounded = (word + U32x8(0x7fffu) + (upper & U32x8(1u))) >> 16, quiet_nan = upper | U32x8(0x40u);
    const __m256i is_nan = _mm256_castps_si256(_mm256_cmp_ps(v, v, _CMP_UNORD_Q));
    const __m256i halves = _mm256_blendv_epi8(rounded.v, quiet_nan.v, is_nan);
    return _mm_packus_epi32(_mm256_castsi256_si128(halves), _mm256_extracti128_si256(halves, 1));
  }
};

// a·b + c and c − a·b, rounded once.
inline F32x8 fma(F32x8 a, F32x8 b, F32x8 c) {
  return _mm256_fmadd_ps(a.v, b.v, c.v);
}
inline F32x8 fnma(F32x8 a, F32x8 b, F32x8 c) {
  return _mm256_fnmadd_ps(a.v, b.v, c.v);
}
inline F32x8 min(F32x8 a, F32x8 b) {
  return _mm256_min_ps(a.v, b.v);
}
inline F32x8 max(F32x8 a, F32x8 b) {
  return _mm256_max_ps(a.v, b.v);
}
inline F32x8 sqrt(F32x8 a) {
  return _mm256_sqrt_ps(a.v);
}
inline F32x8 abs(F32x8 a) {
  return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), a.v);
}
inline F32x8 round(F32x8 a) {
  return _mm256_round_ps(a.v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
// mask ? a : b in every lane.
inline F32x8 select(F32x8 mask, F32x8 a, F32x8 b) {
  return _mm256_blendv_ps(b.v, a.v, mask.v);
}

// See registers.h.
inline F32x8 in_register(F32x8 a) {
  asm("" : "+x"(a.v));
  return a;
}

// Converts lanes to their bits and back, and whole numbers to integers and back (|x| < 2³¹).
inline U32x8 bits(F32x8 a) {
  return _mm256_castps_si256(a.v);
}
inline F32x8 from_bits(U32x8 a) {
  return _mm256_castsi256_ps(a.v);
}
inline U32x8 to_integer(F32x8 a) {
  return _mm256_cvtps_epi32(a.v);
}
inline F32x8 to_float(U32x8 a) {
  return _mm256_cvtepi32_ps(a.v);
}

// For products of int8 (tensor/kernels/matmul_int8_simd.h). Bytes 0 and 2, or 1 and 3, of every lane as two signed
// numbers of 16 bits.
inline U32x8 even_bytes(U32x8 a) {
  return _mm256_srai_epi16(_mm256_slli_epi16(a.v, 8), 8);
}
inline U32x8 odd_bytes(U32x8 a) {
  return _mm256_srai_epi16(a.v, 8);
}
// sum + a₀·b₀ + a₁·b₁ for the two signed numbers of 16 bits in every lane.
inline U32x8 add_products(U32x8 a, U32x8 b, U32x8 sum) {
  return sum + U32x8(_mm256_madd_epi16(a.v, b.v));
}
// Stores the lowest byte of every lane: `lanes` bytes.
inline void store_bytes(U32x8 a, std::uint8_t* p) {
  const __m256i lowest = _mm256_setr_epi8(0, 4, 8, 12, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,  //
                                          0, 4, 8, 12, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1);
  const __m256i fours = _mm256_shuffle_epi8(a.v, lowest);
  _mm_storel_epi64(reinterpret_cast<__m128i*>(p),
                   _mm_unpacklo_epi32(_mm256_castsi256_si128(fours), _mm256_extracti128_si256(fours, 1)));
}

// The sum and the maximum of all lanes, taken pairwise in a fixed order.
inline float sum(F32x8 a) {
  __m128 s = _mm_add_ps(_mm256_castps256_ps128(a.v), _mm256_extractf128_ps(a.v, 1));
  s = _mm_add_ps(s, _mm_movehl_ps(s, s));
  return _mm_cvtss_f32(_mm_add_ss(s, _mm_movehdup_ps(s)));
}
inline float max_lane(F32x8 a) {
  __m128 m = _mm_max_ps(_mm256_castps256_ps128(a.v), _mm256_extractf128_ps(a.v, 1));
  m = _mm_max_ps(m, _mm_movehl_ps(m, m));
  return _mm_cvtss_f32(_mm_max_ss(m, _mm_movehdup_ps(m)));
}

// Stores a₀ b₀ c₀ d₀ a₁ b₁ …: 4·lanes floats.
inline void store_interleaved(F32x8 a, F32x8 b, F32x8 c, F32x8 d, float* p) {
  const __m256 ab_low = _mm256_unpacklo_ps(a.v, b.v), ab_high = _mm256_unpackhi_ps(a.v, b.v);  // lanes 0 1 4 5, 2 3 6 7
  const __m256 cd_low = _mm256_unpacklo_ps(c.v, d.v), cd_high = _mm256_unpackhi_ps(c.v, d.v);
  const __m256 abcd_04 = _mm256_shuffle_ps(ab_low, cd_low, 0x44), abcd_15 = _mm256_shuffle_ps(ab_low, cd_low, 0xee);
  const __m256 abcd_26 = _mm256_shuffle_ps(ab_high, cd_high, 0x44), abcd_37 = _mm256_shuffle_ps(ab_high, cd_high, 0xee);
  _mm256_storeu_ps(p, _mm256_permute2f128_ps(abcd_04, abcd_15, 0x20));
  _mm256_storeu_ps(p + 8, _mm256_permute2f128_ps(abcd_26, abcd_37, 0x20));
  _mm256_storeu_ps(p + 16, _mm256_permute2f128_ps(abcd_04, abcd_15, 0x31));
  _mm256_storeu_ps(p + 24, _mm256_permute2f128_ps(abcd_26, abcd_37, 0x31));
}

// The sum of the squares of all lanes in double. The lanes are added in a fixed order at the end.
struct F32x8::DoubleSum {
  __m256d low = _mm256_setzero_pd(), high = _mm256_setzero_pd();

  void add_square(F32x8 a) {
    const __m256d a_low = _mm256_cvtps_pd(_mm256_castps256_ps128(a.v));
    const __m256d a_high = _mm256_cvtps_pd(_mm256_extractf128_ps(a.v, 1));
    low = _mm256_fmadd_pd(a_low, a_low, low);
    high = _mm256_fmadd_pd(a_high, a_high, high);
  }
  double total() const {
    const __m256d four = _mm256_add_pd(low, high);
    const __m128d two = _mm_add_pd(_mm256_castpd256_pd128(four), _mm256_extractf128_pd(four, 1));
    return _mm_cvtsd_f64(_mm_add_sd(two, _mm_unpackhi_pd(two, two)));
  }
};

// Multiplies unsigned lanes; `high` and `low` are the halves of the 64-bit products.
inline void multiply_wide(U32x8 a, U32x8 b, U32x8& high, U32x8& low) {
  const __m256i even = _mm256_mul_epu32(a.v, b.v);
  const __m256i odd = _mm256_mul_epu32(_mm256_srli_epi64(a.v, 32), _mm256_srli_epi64(b.v, 32));
  low = _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xaa);
  high = _mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xaa);
}

// Transposes: lane j of row i and lane i of row j change places. Three rounds of eight shuffles.
inline void transpose(F32x8 (&rows)[8]) {
  __m256 pairs[8];
#pragma GCC unroll 4
  for (int i = 0; i < 8; i += 2) {
    pairs[i] = _mm256_unpacklo_ps(rows[i].v, rows[i + 1].v);
    pairs[i + 1] = _mm256_unpackhi_ps(rows[i].v, rows[i + 1].v);
  }
  __m256 fours[8];
#pragma GCC unroll 2
  for (int i = 0; i < 8; i += 4) {
    fours[i] = _mm256_shuffle_ps(pairs[i], pairs[i + 2], 0x44);
    fours[i + 1] = _mm256_shuffle_ps(pairs[i], pairs[i + 2], 0xee);
    fours[i + 2] = _mm256_shuffle_ps(pairs[i + 1], pairs[i + 3], 0x44);
    fours[i + 3] = _mm256_shuffle_ps(pairs[i + 1], pairs[i + 3], 0xee);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    rows[i] = _mm256_permute2f128_ps(fours[i], fours[i + 4], 0x20);
    rows[i + 4] = _mm256_permute2f128_ps(fours[i], fours[i + 4], 0x31);
  }
}

}  // namespace
}  // namespace mini_bert::simd
