#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

#include "mini_bert/base/error.h"
#include "mini_bert/tensor/half.h"

namespace mini_bert {

// bf16 is for activations, f16 and bf16 for weights that are only read as well. A weight is widened by the operations
// that take it, which is exact, and rounded to bf16 where it meets an activation of bf16.
enum class DType { f32, f64, bf16, f16, i32 };

// The upper half of a float: 8 exponent bits, 7 fraction bits. Storage only; arithmetic happens in float.
struct BFloat16 {
  std::uint16_t bits = 0;

  BFloat16() = default;

  // Rounds to nearest, ties to even; NaN stays NaN.
  explicit BFloat16(float value) {
    const auto word = std::bit_cast<std::uint32_t>(value);
    const bool is_nan = (word & 0x7fffffffu) > 0x7f800000u;
    bits = is_nan ? static_cast<std::uint16_t>((word >> 16) | 0x40u)
                  : static_cast<std::uint16_t>((word + 0x7fffu + ((word >> 16) & 1u)) >> 16);
  }

  explicit operator float() const { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }
};

// IEEE 754 binary16: 5 exponent bits, 10 fraction bits. Storage only, too.
struct Float16 {
  std::uint16_t bits = 0;

  Float16() = default;
  explicit Float16(float value) : bits(float_to_half(value)) {}
  explicit operator float() const { return half_to_float(bits); }
};

template <class T>
struct DTypeOf;
template <>
struct DTypeOf<float> {
  static constexpr DType value = DType::f32;
};
template <>
struct DTypeOf<double> {
  static constexpr DType value = DType::f64;
};
template <>
struct DTypeOf<BFloat16> {
  static constexpr DType value = DType::bf16;
};
template <>
struct DTypeOf<Float16> {
  static constexpr DType value = DType::f16;
};
template <>
struct DTypeOf<std::int32_t> {
  static constexpr DType value = DType::i32;
};

constexpr std::size_t size_of(DType dtype) {
  switch (dtype) {
    case DType::f64:
      return 8;
    case DType::bf16:
    case DType::f16:
      return 2;
    default:
      return 4;
  }
}

constexpr std::string_view name_of(DType dtype) {
  switch (dtype) {
    case DType::f32:
      return "f32";
    case DType::f64:
      return "f64";
    case DType::bf16:
      return "bf16";
    case DType::f16:
      return "f16";
    default:
      return "i32";
  }
}

// Calls f.operator()<T>() with the C++ type of a dtype that arithmetic is defined on: f32, or f64 for gradient checks.
//   visit_float(x.dtype(), [&]<class T>() { … x.data<T>() … });
template <class F>
void visit_float(DType dtype, F&& f) {
  switch (dtype) {
    case DType::f32:
      return f.template operator()<float>();
    case DType::f64:
      return f.template operator()<double>();
    default:
      fail("arithmetic is defined on f32 and f64, got {}", name_of(dtype));
  }
}

// The same for kernels of activations, which may also be stored as bf16.
template <class F>
void visit_activation(DType dtype, F&& f) {
  if (dtype == DType::bf16) return f.template operator()<BFloat16>();
  visit_float(dtype, std::forward<F>(f));
}

// What numbers stored as T are computed with: themselves, or float for bfloat16.
template <class T>
using Arithmetic = std::conditional_t<std::is_same_v<T, BFloat16>, float, T>;

constexpr DType arithmetic_dtype(DType stored) {
  return stored == DType::bf16 || stored == DType::f16 ? DType::f32 : stored;
}

}  // namespace mini_bert
