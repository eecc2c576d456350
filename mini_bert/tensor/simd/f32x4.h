#pragma once

#include <arm_neon.h>

#include <cstdint>
#include <cstring>

#include "mini_bert/tensor/dtype.h"
#include "mini_bert/tensor/shape.h"

// Four floats of a NEON register, with the interface of f32x8.h. Every 64-bit ARM has these instructions. Included by
// neon.cpp alone.
namespace mini_bert::simd {
namespace {

struct U32x4 {
  uint32x4_t v;

  U32x4(uint32x4_t value) : v(value) {}
  explicit U32x4(std::uint32_t value) : v(vdupq_n_u32(value)) {}
  static U32x4 iota() {
    constexpr std::uint32_t lanes[4] = {0, 1, 2, 3};
    return vld1q_u32(lanes);
  }

  friend U32x4 operator+(U32x4 a, U32x4 b) { return vaddq_u32(a.v, b.v); }
  friend U32x4 operator-(U32x4 a, U32x4 b) { return vsubq_u32(a.v, b.v); }
  friend U32x4 operator&(U32x4 a, U32x4 b) { return vandq_u32(a.v, b.v); }
  friend U32x4 operator|(U32x4 a, U32x4 b) { return vorrq_u32(a.v, b.v); }
  friend U32x4 operator^(U32x4 a, U32x4 b) { return veorq_u32(a.v, b.v); }
  friend U32x4 operator<<(U32x4 a, int bits) { return vshlq_u32(a.v, vdupq_n_s32(bits)); }
  friend U32x4 operator>>(U32x4 a, int bits) { return vshlq_u32(a.v, vdupq_n_s32(-bits)); }
};

struct F32x4 {
  using Bits = U32x4;
  struct DoubleSum;
  static constexpr Index lanes = 4;
  static constexpr int registers = 32;
  float32x4_t v;

  // Lanes of all ones or all zeros.
  struct Mask {
    uint32x4_t m;
  };

  F32x4() = default;
  F32x4(float32x4_t value) : v(value) {}
  F32x4(float value) : v(vdupq_n_f32(value)) {}

  static F32x4 load(const float* p) { return vld1q_f32(p); }
  void store(float* p) const { vst1q_f32(p, v); }
  // The first n ≤ 4 lanes; the others are 0, and memory beyond the n elements is neither read nor written.
  static F32x4 load(const float* p, Index n) {
    float all[lanes] = {};
    std::memcpy(all, p, static_cast<std::size_t>(n) * sizeof(float));
    return load(all);
  }
  void store(float* p, Index n) const {
    float all[lanes];
    store(all);
    std::memcpy(p, all, static_cast<std::size_t>(n) * sizeof(float));
  }

  static F32x4 load(const BFloat16* p) { return load(p, lanes); }
  void store(BFloat16* p) const { store(p, lanes); }
  static F32x4 load(const BFloat16* p, Index n) {
    std::uint16_t all[lanes] = {};
    std::memcpy(all, p, static_cast<std::size_t>(n) * sizeof(BFloat16));
    return vreinterpretq_f32_u32(vshlq_n_u32(vmovl_u16(vld1_u16(all)), 16));
  }
  void store(BFloat16* p, Index n) const {
    std::uint16_t all[lanes];
    vst1_u16(all, narrow());
    std::memcpy(static_cast<void*>(p), all, static_cast<std::size_t>(n) * sizeof(BFloat16));
  }

  static F32x4 load(const Float16* p) { return load(p, lanes); }
  static F32x4 load(const Float16* p, Index n) {
    std::uint16_t all[lanes] = {};
    std::memcpy(all, p, static_cast<std::size_t>(n) * sizeof(Float16));
    return vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(all)));
  }

  friend F32x4 operator+(F32x4 a, F32x4 b) { return vaddq_f32(a.v, b.v); }
  friend F32x4 operator-(F32x4 a, F32x4 b) { return vsubq_f32(a.v, b.v); }
  friend F32x4 operator*(F32x4 a, F32x4 b) { return vmulq_f32(a.v, b.v); }
  friend F32x4 operator/(F32x4 a, F32x4 b) { return vdivq_f32(a.v, b.v); }
  F32x4 operator-() const { return vnegq_f32(v); }
  F32x4& operator+=(F32x4 b) { return *this = *this + b; }
  F32x4& operator*=(F32x4 b) { return *this = *this * b; }

  friend Mask operator<(F32x4 a, F32x4 b) { return {vcltq_f32(a.v, b.v)}; }

 private:
  // Rounded to nearest, ties to even; NaN stays NaN.
  uint16x4_t narrow() const {
    const U32x4 word = vreinterpretq_u32_f32(v), upper = word >> 16;
    const U32x4 rounded = (word + U32x4(0x7fffu) + (upper & U32x4(1u))) >> 16, quiet_nan = upper | U32x4(0x40u);
    return vmovn_u32(vbslq_u32(vceqq_f32(v, v), rounded.v, quiet_nan.v));
  }
};

// a·b + c and c − a·b, rounded once.
inline F32x4 fma(F32x4 a, F32x4 b, F32x4 c) {
  return vfmaq_f32(c.v, a.v, b.v);
}
inline F32x4 fnma(F32x4 a, F32x4 b, F32x4 c) {
  return vfmsq_f32(c.v, a.v, b.v);
}
// mask ? a : b in every lane.
inline F32x4 select(F32x4::Mask mask, F32x4 a, F32x4 b) {
  return vbslq_f32(mask.m, a.v, b.v);
}
// If an operand is NaN the result is b, as on x86. NEON's own instructions return NaN if either operand is.
inline F32x4 min(F32x4 a, F32x4 b) {
  return select(a < b, a, b);
}
inline F32x4 max(F32x4 a, F32x4 b) {
  return select(b < a, a, b);
}
inline F32x4 sqrt(F32x4 a) {
  return vsqrtq_f32(a.v);
}
inline F32x4 abs(F32x4 a) {
  return vabsq_f32(a.v);
}
inline F32x4 round(F32x4 a) {
  return vrndnq_f32(a.v);
}

// Converts lanes to their bits and back, and whole numbers to integers and back (|x| < 2³¹).
inline U32x4 bits(F32x4 a) {
  return vreinterpretq_u32_f32(a.v);
}
inline F32x4 from_bits(U32x4 a) {
  return vreinterpretq_f32_u32(a.v);
}
inline U32x4 to_integer(F32x4 a) {
  return vreinterpretq_u32_s32(vcvtnq_s32_f32(a.v));
}
inline F32x4 to_float(U32x4 a) {
  return vcvtq_f32_s32(vreinterpretq_s32_u32(a.v));
}

// For products of int8, see f32x8.h.
inline U32x4 even_bytes(U32x4 a) {
  return vreinterpretq_u32_s16(vshrq_n_s16(vshlq_n_s16(vreinterpretq_s16_u32(a.v), 8), 8));
}
inline U32x4 odd_bytes(U32x4 a) {
  return vreinterpretq_u32_s16(vshrq_n_s16(vreinterpretq_s16_u32(a.v), 8));
}
inline U32x4 add_products(U32x4 a, U32x4 b, U32x4 sum) {
  const int16x8_t x = vreinterpretq_s16_u32(a.v), y = vreinterpretq_s16_u32(b.v);
  const int32x4_t low = vmull_s16(vget_low_s16(x), vget_low_s16(y));
  const int32x4_t high = vmull_s16(vget_high_s16(x), vget_high_s16(y));
  return sum + U32x4(vreinterpretq_u32_s32(vpaddq_s32(low, high)));
}
inline void store_bytes(U32x4 a, std::uint8_t* p) {
  std::uint32_t all[F32x4::lanes];
  vst1q_u32(all, a.v);
  for (Index i = 0; i < F32x4::lanes; ++i) p[i] = static_cast<std::uint8_t>(all[i]);
}

// The sum and the maximum of all lanes, taken pairwise in a fixed order.
inline float sum(F32x4 a) {
  return vaddvq_f32(a.v);
}
inline float max_lane(F32x4 a) {
  return vmaxvq_f32(a.v);
}

// Stores a₀ b₀ c₀ d₀ a₁ b₁ …: 4·lanes floats.
inline void store_interleaved(F32x4 a, F32x4 b, F32x4 c, F32x4 d, float* p) {
  const float32x4x4_t all = {{a.v, b.v, c.v, d.v}};
  vst4q_f32(p, all);
}

// The sum of the squares of all lanes in double. The lanes are added in a fixed order at the end.
struct F32x4::DoubleSum {
  float64x2_t low = vdupq_n_f64(0), high = vdupq_n_f64(0);

  void add_square(F32x4 a) {
    const float64x2_t a_low = vcvt_f64_f32(vget_low_f32(a.v)), a_high = vcvt_f64_f32(vget_high_f32(a.v));
    low = vfmaq_f64(low, a_low, a_low);
    high = vfmaq_f64(high, a_high, a_high);
  }
  double total() const { return vaddvq_f64(vaddq_f64(low, high)); }
};

// Multiplies unsigned lanes; `high` and `low` are the halves of the 64-bit products.
inline void multiply_wide(U32x4 a, U32x4 b, U32x4& high, U32x4& low) {
  const uint32x4_t first = vreinterpretq_u32_u64(vmull_u32(vget_low_u32(a.v), vget_low_u32(b.v)));
  const uint32x4_t second = vreinterpretq_u32_u64(vmull_high_u32(a.v, b.v));
  low = vuzp1q_u32(first, second);
  high = vuzp2q_u32(first, second);
}

// Transposes: lane j of row i and lane i of row j change places.
inline void transpose(F32x4 (&rows)[4]) {
  const float32x4_t even_01 = vtrn1q_f32(rows[0].v, rows[1].v), odd_01 = vtrn2q_f32(rows[0].v, rows[1].v);
  const float32x4_t even_23 = vtrn1q_f32(rows[2].v, rows[3].v), odd_23 = vtrn2q_f32(rows[2].v, rows[3].v);
  rows[0] = vcombine_f32(vget_low_f32(even_01), vget_low_f32(even_23));
  rows[1] = vcombine_f32(vget_low_f32(odd_01), vget_low_f32(odd_23));
  rows[2] = vcombine_f32(vget_high_f32(even_01), vget_high_f32(even_23));
  rows[3] = vcombine_f32(vget_high_f32(odd_01), vget_high_f32(odd_23));
}

}  // namespace
}  // namespace mini_bert::simd
