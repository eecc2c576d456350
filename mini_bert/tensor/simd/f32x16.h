#pragma once

#include <immintrin.h>

#include <cstdint>

#include "mini_bert/tensor/dtype.h"
#include "mini_bert/tensor/shape.h"

// Sixteen floats in an AVX-512 register, with the interface of f32x8.h. Only avx512.cpp, avx512_bf16.cpp and
// avx512_vnni.cpp include it.
namespace mini_bert::simd {
namespace {

struct U32x16 {
  __m512i v;

  U32x16(__m512i value) : v(value) {}
  explicit U32x16(std::uint32_t value) : v(_mm512_set1_epi32(static_cast<int>(value))) {}
  static U32x16 iota() { return _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15); }

  friend U32x16 operator+(U32x16 a, U32x16 b) { return _mm512_add_epi32(a.v, b.v); }
  friend U32x16 operator-(U32x16 a, U32x16 b) { return _mm512_sub_epi32(a.v, b.v); }
  friend U32x16 operator&(U32x16 a, U32x16 b) { return _mm512_and_si512(a.v, b.v); }
  friend U32x16 operator|(U32x16 a, U32x16 b) { return _mm512_or_si512(a.v, b.v); }
  friend U32x16 operator^(U32x16 a, U32x16 b) { return _mm512_xor_si512(a.v, b.v); }
  friend U32x16 operator<<(U32x16 a, unsigned bits) { return _mm512_slli_epi32(a.v, bits); }
  friend U32x16 operator>>(U32x16 a, unsigned bits) { return _mm512_srli_epi32(a.v, bits); }
};

struct F32x16 {
  using Bits = U32x16;
  struct DoubleSum;
  static constexpr Index lanes = 16;
  static constexpr int registers = 32;
  __m512 v;

  // One bit for each lane.
  struct Mask {
    __mmask16 m;
  };

  F32x16() = default;
  F32x16(__m512 value) : v(value) {}
  F32x16(float value) : v(_mm512_set1_ps(value)) {}

  static F32x16 load(const float* p) { return _mm512_loadu_ps(p); }
  void store(float* p) const { _mm512_storeu_ps(p, v); }
  static F32x16 load(const float* p, Index n) { return _mm512_maskz_loadu_ps(first(n), p); }
  void store(float* p, Index n) const { _mm512_mask_storeu_ps(p, first(n), v); }

  static F32x16 load(const BFloat16* p) { return widen(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p))); }
  void store(BFloat16* p) const { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), narrow()); }
  static F32x16 load(const BFloat16* p, Index n) { return widen(_mm256_maskz_loadu_epi16(first(n), p)); }
  void store(BFloat16* p, Index n) const { _mm256_mask_storeu_epi16(p, first(n), narrow()); }

  static F32x16 load(const Float16* p) {
    return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
  }
  static F32x16 load(const Float16* p, Index n) { return _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(first(n), p)); }

  friend F32x16 operator+(F32x16 a, F32x16 b) { return _mm512_add_ps(a.v, b.v); }
  friend F32x16 operator-(F32x16 a, F32x16 b) { return _mm512_sub_ps(a.v, b.v); }
  friend F32x16 operator*(F32x16 a, F32x16 b) { return _mm512_mul_ps(a.v, b.v); }
  friend F32x16 operator/(F32x16 a, F32x16 b) { return _mm512_div_ps(a.v, b.v); }
  F32x16 operator-() const { return _mm512_xor_ps(v, _mm512_set1_ps(-0.0f)); }
  F32x16& operator+=(F32x16 b) { return *this = *this + b; }
  F32x16& operator*=(F32x16 b) { return *this = *this * b; }

  friend Mask operator<(F32x16 a, F32x16 b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_LT_OQ)}; }

 private:
  static __mmask16 first(Index n) { return static_cast<__mmask16>((1u << n) - 1u); }
  static F32x16 widen(__m256i halves) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16));
  }
  __m256i narrow() const {
    const U32x16 word = _mm512_castps_si512(v), upper = word >> 16u;
    const U32x16 rounded = (word + U32x16(0x7fffu) + (upper & U32x16(1u))) >> 16u, quiet_nan = upper | U32x16(0x40u);
    return _mm512_cvtepi32_epi16(
        _mm512_mask_blend_epi32(_mm512_cmp_ps_mask(v, v, _CMP_UNORD_Q), rounded.v, quiet_nan.v));
  }
};

inline F32x16 fma(F32x16 a, F32x16 b, F32x16 c) {
  return _mm512_fmadd_ps(a.v, b.v, c.v);
}
inline F32x16 fnma(F32x16 a, F32x16 b, F32x16 c) {
  return _mm512_fnmadd_ps(a.v, b.v, c.v);
}
inline F32x16 min(F32x16 a, F32x16 b) {
  return _mm512_min_ps(a.v, b.v);
}
inline F32x16 max(F32x16 a, F32x16 b) {
  return _mm512_max_ps(a.v, b.v);
}
inline F32x16 sqrt(F32x16 a) {
  return _mm512_sqrt_ps(a.v);
}
inline F32x16 abs(F32x16 a) {
  return _mm512_andnot_ps(_mm512_set1_ps(-0.0f), a.v);
}
inline F32x16 round(F32x16 a) {
  return _mm512_roundscale_ps(a.v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
inline F32x16 select(F32x16::Mask mask, F32x16 a, F32x16 b) {
  return _mm512_mask_blend_ps(mask.m, b.v, a.v);
}

inline U32x16 bits(F32x16 a) {
  return _mm512_castps_si512(a.v);
}
inline F32x16 from_bits(U32x16 a) {
  return _mm512_castsi512_ps(a.v);
}
inline U32x16 to_integer(F32x16 a) {
  return _mm512_cvtps_epi32(a.v);
}
inline F32x16 to_float(U32x16 a) {
  return _mm512_cvtepi32_ps(a.v);
}

inline U32x16 even_bytes(U32x16 a) {
  return _mm512_srai_epi16(_mm512_slli_epi16(a.v, 8), 8);
}
inline U32x16 odd_bytes(U32x16 a) {
  return _mm512_srai_epi16(a.v, 8);
}
inline U32x16 add_products(U32x16 a, U32x16 b, U32x16 sum) {
  return sum + U32x16(_mm512_madd_epi16(a.v, b.v));
}
inline void store_bytes(U32x16 a, std::uint8_t* p) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm512_cvtepi32_epi8(a.v));
}

inline float sum(F32x16 a) {
  return _mm512_reduce_add_ps(a.v);
}
inline float max_lane(F32x16 a) {
  return _mm512_reduce_max_ps(a.v);
}

inline void store_interleaved(F32x16 a, F32x16 b, F32x16 c, F32x16 d, float* p) {
  const __m512 ab_low = _mm512_unpacklo_ps(a.v, b.v), ab_high = _mm512_unpackhi_ps(a.v, b.v);
  const __m512 cd_low = _mm512_unpacklo_ps(c.v, d.v), cd_high = _mm512_unpackhi_ps(c.v, d.v);
  // The quarters of r_i hold a b c d of lanes i, i+4, i+8, i+12. The 4 × 4 quarters are transposed.
  const __m512 r0 = _mm512_shuffle_ps(ab_low, cd_low, 0x44), r1 = _mm512_shuffle_ps(ab_low, cd_low, 0xee);
  const __m512 r2 = _mm512_shuffle_ps(ab_high, cd_high, 0x44), r3 = _mm512_shuffle_ps(ab_high, cd_high, 0xee);
  const __m512 low_01 = _mm512_shuffle_f32x4(r0, r1, 0x44), low_23 = _mm512_shuffle_f32x4(r2, r3, 0x44);
  const __m512 high_01 = _mm512_shuffle_f32x4(r0, r1, 0xee), high_23 = _mm512_shuffle_f32x4(r2, r3, 0xee);
  _mm512_storeu_ps(p, _mm512_shuffle_f32x4(low_01, low_23, 0x88));
  _mm512_storeu_ps(p + 16, _mm512_shuffle_f32x4(low_01, low_23, 0xdd));
  _mm512_storeu_ps(p + 32, _mm512_shuffle_f32x4(high_01, high_23, 0x88));
  _mm512_storeu_ps(p + 48, _mm512_shuffle_f32x4(high_01, high_23, 0xdd));
}

struct F32x16::DoubleSum {
  __m512d low = _mm512_setzero_pd(), high = _mm512_setzero_pd();

  void add_square(F32x16 a) {
    const __m512d a_low = _mm512_cvtps_pd(_mm512_castps512_ps256(a.v));
    const __m512d a_high = _mm512_cvtps_pd(_mm512_extractf32x8_ps(a.v, 1));
    low = _mm512_fmadd_pd(a_low, a_low, low);
    high = _mm512_fmadd_pd(a_high, a_high, high);
  }
  double total() const { return _mm512_reduce_add_pd(_mm512_add_pd(low, high)); }
};

inline void multiply_wide(U32x16 a, U32x16 b, U32x16& high, U32x16& low) {
  const __m512i even = _mm512_mul_epu32(a.v, b.v);
  const __m512i odd = _mm512_mul_epu32(_mm512_srli_epi64(a.v, 32), _mm512_srli_epi64(b.v, 32));
  low = _mm512_mask_blend_epi32(0xaaaa, even, _mm512_slli_epi64(odd, 32));
  high = _mm512_mask_blend_epi32(0xaaaa, _mm512_srli_epi64(even, 32), odd);
}

// Four rounds of sixteen shuffles: first within quarters of a register, as in f32x8.h, then of whole quarters.
inline void transpose(F32x16 (&rows)[16]) {
  __m512 pairs[16];
#pragma GCC unroll 8
  for (int i = 0; i < 16; i += 2) {
    pairs[i] = _mm512_unpacklo_ps(rows[i].v, rows[i + 1].v);
    pairs[i + 1] = _mm512_unpackhi_ps(rows[i].v, rows[i + 1].v);
  }
  __m512 fours[16];
#pragma GCC unroll 4
  for (int i = 0; i < 16; i += 4) {
    fours[i] = _mm512_shuffle_ps(pairs[i], pairs[i + 2], 0x44);
    fours[i + 1] = _mm512_shuffle_ps(pairs[i], pairs[i + 2], 0xee);
    fours[i + 2] = _mm512_shuffle_ps(pairs[i + 1], pairs[i + 3], 0x44);
    fours[i + 3] = _mm512_shuffle_ps(pairs[i + 1], pairs[i + 3], 0xee);
  }
  // Quarter q of fours[4g+j] is column 4q+j of rows 4g … 4g+3.
#pragma GCC unroll 4
  for (int j = 0; j < 4; ++j) {
    const __m512 low_01 = _mm512_shuffle_f32x4(fours[j], fours[j + 4], 0x44);
    const __m512 high_01 = _mm512_shuffle_f32x4(fours[j], fours[j + 4], 0xee);
    const __m512 low_23 = _mm512_shuffle_f32x4(fours[j + 8], fours[j + 12], 0x44);
    const __m512 high_23 = _mm512_shuffle_f32x4(fours[j + 8], fours[j + 12], 0xee);
    rows[j] = _mm512_shuffle_f32x4(low_01, low_23, 0x88);
    rows[j + 4] = _mm512_shuffle_f32x4(low_01, low_23, 0xdd);
    rows[j + 8] = _mm512_shuffle_f32x4(high_01, high_23, 0x88);
    rows[j + 12] = _mm512_shuffle_f32x4(high_01, high_23, 0xdd);
  }
}

}  // namespace
}  // namespace mini_bert::simd
