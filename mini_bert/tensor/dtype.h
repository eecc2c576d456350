#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "mini_bert/base/error.h"
#include "mini_bert/tensor/half.h"
#include "mini_bert/tensor/table.h"

namespace mini_bert {

// What the elements of a tensor are. Activations may be stored as bf16; weights that are only read may be stored as
// bf16 or f16. An operation widens such a weight to f32, which is exact, and rounds it to bf16 if its activations are
// bf16.
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

// IEEE 754 binary16: 5 exponent bits, 10 fraction bits. Storage only; arithmetic happens in float.
struct Float16 {
  std::uint16_t bits = 0;

  Float16() = default;
  explicit Float16(float value) : bits(float_to_half(value)) {}
  explicit operator float() const { return half_to_float(bits); }
};

// The table of element types: the C++ type that memory holds, and the C++ type that the elements are computed with.
namespace dtypes {
struct F32 {
  static constexpr DType id = DType::f32;
  static constexpr std::string_view name = "f32";
  using Element = float;
  using Scalar = float;
};
struct F64 {
  static constexpr DType id = DType::f64;
  static constexpr std::string_view name = "f64";
  using Element = double;
  using Scalar = double;
};
struct BF16 {
  static constexpr DType id = DType::bf16;
  static constexpr std::string_view name = "bf16";
  using Element = BFloat16;
  using Scalar = float;
};
struct F16 {
  static constexpr DType id = DType::f16;
  static constexpr std::string_view name = "f16";
  using Element = Float16;
  using Scalar = float;
};
struct I32 {
  static constexpr DType id = DType::i32;
  static constexpr std::string_view name = "i32";
  using Element = std::int32_t;
  using Scalar = std::int32_t;
};
using All = Table<F32, F64, BF16, F16, I32>;

// The row of a C++ type; All::visit finds the row of a DType.
template <class Element, class First, class... Others>
constexpr auto row_of(Table<First, Others...>) {
  if constexpr (std::is_same_v<Element, typename First::Element>) {
    return First{};
  } else {
    return row_of<Element>(Table<Others...>{});
  }
}
template <class Element>
using RowOf = decltype(row_of<Element>(All{}));
}  // namespace dtypes

// From C++ type to DType.
template <class Element>
struct DTypeOf {
  static constexpr DType value = dtypes::RowOf<Element>::id;
};

// What numbers stored as Element are computed with: themselves, or float for the 16-bit types.
template <class Element>
using Arithmetic = typename dtypes::RowOf<Element>::Scalar;

constexpr DType arithmetic_dtype(DType stored) {
  DType dtype = stored;
  dtypes::All::visit(stored, [&]<class Row>() { dtype = DTypeOf<typename Row::Scalar>::value; });
  return dtype;
}

// Bytes of an element.
constexpr std::size_t size_of(DType dtype) {
  std::size_t bytes = 0;
  dtypes::All::visit(dtype, [&]<class Row>() { bytes = sizeof(typename Row::Element); });
  return bytes;
}

constexpr std::string_view name_of(DType dtype) {
  std::string_view name;
  dtypes::All::visit(dtype, [&]<class Row>() { name = Row::name; });
  return name;
}

// Calls f.operator()<Element>() with the C++ type of a dtype, whichever it is.
template <class F>
void visit_dtype(DType dtype, const F& f) {
  dtypes::All::visit(dtype, [&]<class Row>() { f.template operator()<typename Row::Element>(); });
}

// The same for dtypes that are computed with as they are: f32, or f64 for gradient checks. Error for another dtype.
//   visit_float(x.dtype(), [&]<class Scalar>() { … x.data<Scalar>() … });
template <class F>
void visit_float(DType dtype, const F& f) {
  visit_dtype(dtype, [&]<class Element>() {
    if constexpr (std::is_floating_point_v<Element>) {
      f.template operator()<Element>();
    } else {
      fail("arithmetic is defined on f32 and f64, got {}", name_of(dtype));
    }
  });
}

// The same for the dtypes that activations are stored as: f32, f64, bf16.
template <class F>
void visit_stored(DType dtype, const F& f) {
  if (dtype == DType::bf16) return f.template operator()<BFloat16>();
  visit_float(dtype, f);
}

}  // namespace mini_bert
