#pragma once

#include <wasm_simd128.h>

#include <cstdint>
#include <cstring>

#include "mini_bert/tensor/dtype.h"
#include "mini_bert/tensor/shape.h"

// Four floats of a WebAssembly register (simd128), with the interface of f32x8.h. Included by simd128.cpp alone.
//
// simd128 has no fused multiply-add: fma and fnma below round the product and then the sum. Results differ from those
// of the other sets in their last bits, and are the same on every engine and every CPU. The relaxed extension has a
// fused multiply-add, but an engine may round it once or twice, so it is not used.
namespace mini_bert::simd {
namespace {

struct U32x4 {
  v128_t v;

  U32x4(v128_t value) : v(value) {}
  explicit U32x4(std::uint32_t value) : v(wasm_i32x4_splat(static_cast<std::int32_t>(value))) {}
  static U32x4 iota() { return wasm_i32x4_make(0, 1, 2, 3); }

  friend U32x4 operator+(U32x4 a, U32x4 b) { return wasm_i32x4_add(a.v, b.v); }
  friend U32x4 operator-(U32x4 a, U32x4 b) { return wasm_i32x4_sub(a.v, b.v); }
  friend U32x4 operator&(U32x4 a, U32x4 b) { return wasm_v128_and(a.v, b.v); }
  friend U32x4 operator|(U32x4 a, U32x4 b) { return wasm_v128_or(a.v, b.v); }
  friend U32x4 operator^(U32x4 a, U32x4 b) { return wasm_v128_xor(a.v, b.v); }
  friend U32x4 operator<<(U32x4 a, int bits) { return wasm_i32x4_shl(a.v, static_cast<std::uint32_t>(bits)); }
  friend U32x4 operator>>(U32x4 a, int bits) { return wasm_u32x4_shr(a.v, static_cast<std::uint32_t>(bits)); }
};

struct F32x4 {
  using Bits = U32x4;
  struct DoubleSum;
  static constexpr Index lanes = 4;
  static constexpr int registers = 16;  // of x86 CPUs; ARM has 32
  v128_t v;

  // Lanes of all ones or all zeros.
  struct Mask {
    v128_t m;
  };

  F32x4() = default;
  F32x4(v128_t value) : v(value) {}
  F32x4(float value) : v(wasm_f32x4_splat(value)) {}

  static F32x4 load(const float* p) { return wasm_v128_load(p); }
  void store(float* p) const { wasm_v128_store(p, v); }
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

  static F32x4 load(const BFloat16* p) { return wasm_i32x4_shl(wasm_u32x4_load16x4(p), 16); }
  void store(BFloat16* p) const { store(p, lanes); }
  static F32x4 load(const BFloat16* p, Index n) { return wasm_i32x4_shl(first_halves(p, n), 16); }
  void store(BFloat16* p, Index n) const {
    std::uint16_t all[2 * lanes];
    wasm_v128_store(all, narrow());
    std::memcpy(static_cast<void*>(p), all, static_cast<std::size_t>(n) * sizeof(BFloat16));
  }

  static F32x4 load(const Float16* p) { return widen_float16(wasm_u32x4_load16x4(p)); }
  static F32x4 load(const Float16* p, Index n) { return widen_float16(first_halves(p, n)); }

  friend F32x4 operator+(F32x4 a, F32x4 b) { return wasm_f32x4_add(a.v, b.v); }
  friend F32x4 operator-(F32x4 a, F32x4 b) { return wasm_f32x4_sub(a.v, b.v); }
  friend F32x4 operator*(F32x4 a, F32x4 b) { return wasm_f32x4_mul(a.v, b.v); }
  friend F32x4 operator/(F32x4 a, F32x4 b) { return wasm_f32x4_div(a.v, b.v); }
  F32x4 operator-() const { return wasm_f32x4_neg(v); }
  F32x4& operator+=(F32x4 b) { return *this = *this + b; }
  F32x4& operator*=(F32x4 b) { return *this = *this * b; }

  friend Mask operator<(F32x4 a, F32x4 b) { return {wasm_f32x4_lt(a.v, b.v)}; }

 private:
  // n ≤ 4 halves, each in the lower half of a lane; 0 in the other lanes.
  static v128_t first_halves(const void* p, Index n) {
    std::uint16_t all[lanes] = {};
    std::memcpy(all, p, static_cast<std::size_t>(n) * sizeof(std::uint16_t));
    return wasm_u32x4_load16x4(all);
  }
  // The exponent of float16 is biased by 15, that of float by 127: 2¹¹² makes up the difference, and also normalises
  // what was denormal. The exponent of infinity and NaN is all ones in both.
  static F32x4 widen_float16(U32x4 half) {
    const U32x4 magnitude = half & U32x4(0x7fffu), sign = (half & U32x4(0x8000u)) << 16;
    const U32x4 finite = (F32x4((magnitude << 13).v) * F32x4(0x1p112f)).v;
    const U32x4 not_finite = wasm_i32x4_gt(magnitude.v, U32x4(0x7bffu).v);
    return (finite | (not_finite & U32x4(0x7f800000u)) | sign).v;
  }
  // Rounded to nearest, ties to even; NaN stays NaN. The results are the lower four of eight lanes.
  v128_t narrow() const {
    const U32x4 word = v, upper = word >> 16;
    const U32x4 rounded = (word + U32x4(0x7fffu) + (upper & U32x4(1u))) >> 16, quiet_nan = upper | U32x4(0x40u);
    const v128_t halves = wasm_v128_bitselect(rounded.v, quiet_nan.v, wasm_f32x4_eq(v, v));
    return wasm_u16x8_narrow_i32x4(halves, halves);
  }
};

// a·b + c and c − a·b, rounded twice.
inline F32x4 fma(F32x4 a, F32x4 b, F32x4 c) {
  return a * b + c;
}
inline F32x4 fnma(F32x4 a, F32x4 b, F32x4 c) {
  return c - a * b;
}
// mask ? a : b in every lane.
inline F32x4 select(F32x4::Mask mask, F32x4 a, F32x4 b) {
  return wasm_v128_bitselect(a.v, b.v, mask.m);
}
// If an operand is NaN the result is b, as on x86: pmin(b, a) is a < b ? a : b.
inline F32x4 min(F32x4 a, F32x4 b) {
  return wasm_f32x4_pmin(b.v, a.v);
}
inline F32x4 max(F32x4 a, F32x4 b) {
  return wasm_f32x4_pmax(b.v, a.v);
}
inline F32x4 sqrt(F32x4 a) {
  return wasm_f32x4_sqrt(a.v);
}
inline F32x4 abs(F32x4 a) {
  return wasm_f32x4_abs(a.v);
}
inline F32x4 round(F32x4 a) {
  return wasm_f32x4_nearest(a.v);
}

// Converts lanes to their bits and back, and whole numbers to integers and back (|x| < 2³¹).
inline U32x4 bits(F32x4 a) {
  return a.v;
}
inline F32x4 from_bits(U32x4 a) {
  return a.v;
}
inline U32x4 to_integer(F32x4 a) {
  return wasm_i32x4_trunc_sat_f32x4(a.v);
}
inline F32x4 to_float(U32x4 a) {
  return wasm_f32x4_convert_i32x4(a.v);
}

// For products of int8, see f32x8.h.
inline U32x4 even_bytes(U32x4 a) {
  return wasm_i16x8_shr(wasm_i16x8_shl(a.v, 8), 8);
}
inline U32x4 odd_bytes(U32x4 a) {
  return wasm_i16x8_shr(a.v, 8);
}
inline U32x4 add_products(U32x4 a, U32x4 b, U32x4 sum) {
  return sum + U32x4(wasm_i32x4_dot_i16x8(a.v, b.v));
}
inline void store_bytes(U32x4 a, std::uint8_t* p) {
  std::uint32_t all[F32x4::lanes];
  wasm_v128_store(all, a.v);
  for (Index i = 0; i < F32x4::lanes; ++i) p[i] = static_cast<std::uint8_t>(all[i]);
}

// The sum and the maximum of all lanes, taken pairwise in a fixed order.
inline float sum(F32x4 a) {
  const F32x4 pairs = a + F32x4(wasm_i32x4_shuffle(a.v, a.v, 2, 3, 0, 1));
  return wasm_f32x4_extract_lane(pairs.v, 0) + wasm_f32x4_extract_lane(pairs.v, 1);
}
inline float max_lane(F32x4 a) {
  const F32x4 pairs = max(a, wasm_i32x4_shuffle(a.v, a.v, 2, 3, 0, 1));
  return wasm_f32x4_extract_lane(max(pairs, wasm_i32x4_shuffle(pairs.v, pairs.v, 1, 0, 3, 2)).v, 0);
}

// Transposes: lane j of row i and lane i of row j change places.
inline void transpose(F32x4 (&rows)[4]) {
  const v128_t low_01 = wasm_i32x4_shuffle(rows[0].v, rows[1].v, 0, 4, 1, 5);
  const v128_t low_23 = wasm_i32x4_shuffle(rows[2].v, rows[3].v, 0, 4, 1, 5);
  const v128_t high_01 = wasm_i32x4_shuffle(rows[0].v, rows[1].v, 2, 6, 3, 7);
  const v128_t high_23 = wasm_i32x4_shuffle(rows[2].v, rows[3].v, 2, 6, 3, 7);
  rows[0] = wasm_i64x2_shuffle(low_01, low_23, 0, 2);
  rows[1] = wasm_i64x2_shuffle(low_01, low_23, 1, 3);
  rows[2] = wasm_i64x2_shuffle(high_01, high_23, 0, 2);
  rows[3] = wasm_i64x2_shuffle(high_01, high_23, 1, 3);
}

// Stores a₀ b₀ c₀ d₀ a₁ b₁ …: 4·lanes floats.
inline void store_interleaved(F32x4 a, F32x4 b, F32x4 c, F32x4 d, float* p) {
  F32x4 rows[4] = {a, b, c, d};
  transpose(rows);
  for (int i = 0; i < 4; ++i) rows[i].store(p + i * F32x4::lanes);
}

// The sum of the squares of all lanes in double. The lanes are added in a fixed order at the end. The square of a float
// is exact in double, so the sum has the bits that a fused multiply-add gives.
struct F32x4::DoubleSum {
  v128_t low = wasm_f64x2_splat(0), high = wasm_f64x2_splat(0);

  void add_square(F32x4 a) {
    const v128_t a_low = wasm_f64x2_promote_low_f32x4(a.v);
    const v128_t a_high = wasm_f64x2_promote_low_f32x4(wasm_i32x4_shuffle(a.v, a.v, 2, 3, 0, 1));
    low = wasm_f64x2_add(low, wasm_f64x2_mul(a_low, a_low));
    high = wasm_f64x2_add(high, wasm_f64x2_mul(a_high, a_high));
  }
  double total() const {
    const v128_t both = wasm_f64x2_add(low, high);
    return wasm_f64x2_extract_lane(both, 0) + wasm_f64x2_extract_lane(both, 1);
  }
};

// Multiplies unsigned lanes; `high` and `low` are the halves of the 64-bit products.
inline void multiply_wide(U32x4 a, U32x4 b, U32x4& high, U32x4& low) {
  const v128_t first = wasm_u64x2_extmul_low_u32x4(a.v, b.v), second = wasm_u64x2_extmul_high_u32x4(a.v, b.v);
  low = wasm_i32x4_shuffle(first, second, 0, 2, 4, 6);
  high = wasm_i32x4_shuffle(first, second, 1, 3, 5, 7);
}

}  // namespace
}  // namespace mini_bert::simd
