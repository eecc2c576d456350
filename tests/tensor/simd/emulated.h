#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <utility>

#include "mini_bert/tensor/dtype.h"
#include "mini_bert/tensor/shape.h"

// Sixteen floats in an array, with the interface of tensor/simd/f32x16.h in plain C++: the loops written over a
// register type run with 16 lanes on any CPU. Comparisons, min and max treat NaN as the x86 instructions do.
namespace mini_bert::simd {
namespace {

struct EmulatedBits {
  std::array<std::uint32_t, 16> v{};

  EmulatedBits() = default;
  explicit EmulatedBits(std::uint32_t value) { v.fill(value); }
  static EmulatedBits iota() {
    EmulatedBits lanes;
    for (std::uint32_t i = 0; i < 16; ++i) lanes.v[i] = i;
    return lanes;
  }

  template <class F>
  static EmulatedBits each(const EmulatedBits& a, const EmulatedBits& b, const F& f) {
    EmulatedBits result;
    for (std::size_t i = 0; i < 16; ++i) result.v[i] = f(a.v[i], b.v[i]);
    return result;
  }
  friend EmulatedBits operator+(EmulatedBits a, EmulatedBits b) {
    return each(a, b, [](auto x, auto y) { return x + y; });
  }
  friend EmulatedBits operator-(EmulatedBits a, EmulatedBits b) {
    return each(a, b, [](auto x, auto y) { return x - y; });
  }
  friend EmulatedBits operator&(EmulatedBits a, EmulatedBits b) {
    return each(a, b, [](auto x, auto y) { return x & y; });
  }
  friend EmulatedBits operator|(EmulatedBits a, EmulatedBits b) {
    return each(a, b, [](auto x, auto y) { return x | y; });
  }
  friend EmulatedBits operator^(EmulatedBits a, EmulatedBits b) {
    return each(a, b, [](auto x, auto y) { return x ^ y; });
  }
  friend EmulatedBits operator<<(EmulatedBits a, int count) {
    return each(a, a, [count](auto x, auto) { return x << count; });
  }
  friend EmulatedBits operator>>(EmulatedBits a, int count) {
    return each(a, a, [count](auto x, auto) { return x >> count; });
  }
};

struct EmulatedF32x16 {
  using Bits = EmulatedBits;
  struct DoubleSum;
  static constexpr Index lanes = 16;
  std::array<float, 16> v;

  struct Mask {
    std::array<bool, 16> m;
  };

  EmulatedF32x16() = default;
  EmulatedF32x16(float value) { v.fill(value); }

  template <class T>
  static EmulatedF32x16 load(const T* p, Index n = lanes) {
    EmulatedF32x16 a(0.0f);
    for (Index i = 0; i < n; ++i) a.v[i] = static_cast<float>(p[i]);
    return a;
  }
  template <class T>
  void store(T* p, Index n = lanes) const {
    for (Index i = 0; i < n; ++i) p[i] = static_cast<T>(v[i]);
  }

  template <class F>
  static EmulatedF32x16 each(const EmulatedF32x16& a, const EmulatedF32x16& b, const F& f) {
    EmulatedF32x16 result;
    for (std::size_t i = 0; i < 16; ++i) result.v[i] = f(a.v[i], b.v[i]);
    return result;
  }
  friend EmulatedF32x16 operator+(EmulatedF32x16 a, EmulatedF32x16 b) {
    return each(a, b, [](float x, float y) { return x + y; });
  }
  friend EmulatedF32x16 operator-(EmulatedF32x16 a, EmulatedF32x16 b) {
    return each(a, b, [](float x, float y) { return x - y; });
  }
  friend EmulatedF32x16 operator*(EmulatedF32x16 a, EmulatedF32x16 b) {
    return each(a, b, [](float x, float y) { return x * y; });
  }
  friend EmulatedF32x16 operator/(EmulatedF32x16 a, EmulatedF32x16 b) {
    return each(a, b, [](float x, float y) { return x / y; });
  }
  EmulatedF32x16 operator-() const {
    return each(*this, *this, [](float x, float) { return -x; });
  }
  EmulatedF32x16& operator+=(EmulatedF32x16 b) { return *this = *this + b; }
  EmulatedF32x16& operator*=(EmulatedF32x16 b) { return *this = *this * b; }

  friend Mask operator<(EmulatedF32x16 a, EmulatedF32x16 b) {
    Mask mask;
    for (std::size_t i = 0; i < 16; ++i) mask.m[i] = a.v[i] < b.v[i];
    return mask;
  }
};

inline EmulatedF32x16 fma(EmulatedF32x16 a, EmulatedF32x16 b, EmulatedF32x16 c) {
  for (std::size_t i = 0; i < 16; ++i) c.v[i] = std::fma(a.v[i], b.v[i], c.v[i]);
  return c;
}
inline EmulatedF32x16 fnma(EmulatedF32x16 a, EmulatedF32x16 b, EmulatedF32x16 c) {
  return fma(-a, b, c);
}
inline EmulatedF32x16 min(EmulatedF32x16 a, EmulatedF32x16 b) {
  return EmulatedF32x16::each(a, b, [](float x, float y) { return x < y ? x : y; });
}
inline EmulatedF32x16 max(EmulatedF32x16 a, EmulatedF32x16 b) {
  return EmulatedF32x16::each(a, b, [](float x, float y) { return x > y ? x : y; });
}
inline EmulatedF32x16 sqrt(EmulatedF32x16 a) {
  return EmulatedF32x16::each(a, a, [](float x, float) { return std::sqrt(x); });
}
inline EmulatedF32x16 abs(EmulatedF32x16 a) {
  return EmulatedF32x16::each(a, a, [](float x, float) { return std::abs(x); });
}
inline EmulatedF32x16 round(EmulatedF32x16 a) {
  return EmulatedF32x16::each(a, a, [](float x, float) { return std::nearbyint(x); });
}
inline EmulatedF32x16 select(EmulatedF32x16::Mask mask, EmulatedF32x16 a, EmulatedF32x16 b) {
  for (std::size_t i = 0; i < 16; ++i) b.v[i] = mask.m[i] ? a.v[i] : b.v[i];
  return b;
}

inline EmulatedBits bits(EmulatedF32x16 a) {
  return std::bit_cast<EmulatedBits>(a);
}
inline EmulatedF32x16 from_bits(EmulatedBits a) {
  return std::bit_cast<EmulatedF32x16>(a);
}
// What does not fit becomes −2³¹, as the instruction has it.
inline EmulatedBits to_integer(EmulatedF32x16 a) {
  EmulatedBits result(0x80000000u);
  for (std::size_t i = 0; i < 16; ++i) {
    if (std::abs(a.v[i]) < 0x1p31f)
      result.v[i] = static_cast<std::uint32_t>(static_cast<std::int32_t>(std::nearbyint(a.v[i])));
  }
  return result;
}
inline EmulatedF32x16 to_float(EmulatedBits a) {
  EmulatedF32x16 result;
  for (std::size_t i = 0; i < 16; ++i) result.v[i] = static_cast<float>(static_cast<std::int32_t>(a.v[i]));
  return result;
}

// Halves are added to halves, as the instructions do.
inline float sum(EmulatedF32x16 a) {
  for (std::size_t half = 8; half > 0; half /= 2) {
    for (std::size_t i = 0; i < half; ++i) a.v[i] += a.v[i + half];
  }
  return a.v[0];
}
inline float max_lane(EmulatedF32x16 a) {
  for (std::size_t half = 8; half > 0; half /= 2) {
    for (std::size_t i = 0; i < half; ++i) a.v[i] = a.v[i] > a.v[i + half] ? a.v[i] : a.v[i + half];
  }
  return a.v[0];
}

inline void store_interleaved(EmulatedF32x16 a, EmulatedF32x16 b, EmulatedF32x16 c, EmulatedF32x16 d, float* p) {
  for (std::size_t i = 0; i < 16; ++i) {
    p[4 * i] = a.v[i];
    p[4 * i + 1] = b.v[i];
    p[4 * i + 2] = c.v[i];
    p[4 * i + 3] = d.v[i];
  }
}

struct EmulatedF32x16::DoubleSum {
  std::array<double, 16> v{};

  void add_square(EmulatedF32x16 a) {
    for (std::size_t i = 0; i < 16; ++i) v[i] += static_cast<double>(a.v[i]) * static_cast<double>(a.v[i]);
  }
  double total() const {
    double all = 0;
    for (const double lane : v) all += lane;
    return all;
  }
};

inline void multiply_wide(EmulatedBits a, EmulatedBits b, EmulatedBits& high, EmulatedBits& low) {
  for (std::size_t i = 0; i < 16; ++i) {
    const std::uint64_t product = std::uint64_t{a.v[i]} * b.v[i];
    high.v[i] = static_cast<std::uint32_t>(product >> 32);
    low.v[i] = static_cast<std::uint32_t>(product);
  }
}

inline void transpose(EmulatedF32x16 (&rows)[16]) {
  for (std::size_t i = 0; i < 16; ++i) {
    for (std::size_t j = 0; j < i; ++j) std::swap(rows[i].v[j], rows[j].v[i]);
  }
}

// Of the bfloat16 in the lower and upper halves of every word.
inline EmulatedF32x16 dot_pairs(EmulatedF32x16 a, EmulatedF32x16 b, EmulatedF32x16 sum) {
  const auto lower = [](float word) { return std::bit_cast<float>(std::bit_cast<std::uint32_t>(word) << 16); };
  const auto upper = [](float word) { return std::bit_cast<float>(std::bit_cast<std::uint32_t>(word) & 0xffff0000u); };
  for (std::size_t i = 0; i < 16; ++i) {
    sum.v[i] += lower(a.v[i]) * lower(b.v[i]) + upper(a.v[i]) * upper(b.v[i]);
  }
  return sum;
}

}  // namespace
}  // namespace mini_bert::simd
