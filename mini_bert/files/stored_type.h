#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "mini_bert/tensor/dtype.h"

namespace mini_bert {

// An element type of a tensor in a file. `stored_types` is the one table of them: how each file format calls the type,
// how large an element is, and which type it has in memory.
struct StoredType {
  std::string_view name;                // in safetensors, and in messages
  int bits = 0;                         // of one element; 0: unknown
  std::optional<DType> dtype = {};      // in memory; none: such tensors are listed but not read
  std::string_view torch_storage = {};  // the pickled class of a torch storage; empty: torch has none
  std::uint64_t tensorflow = 0;         // DataType of tensorflow/core/framework/types.proto; 0: none
  std::string_view torch_dtype = {};    // the name of a newer torch type, which has no storage class of its own

  bool operator==(const StoredType& other) const { return name == other.name; }
  bool is_floating() const { return dtype && *dtype != DType::i32; }
};

inline constexpr std::array<StoredType, 30> stored_types = {{
    {"F32", 32, DType::f32, "torch.FloatStorage", 1},
    {"F64", 64, DType::f64, "torch.DoubleStorage", 2},
    {"F16", 16, DType::f16, "torch.HalfStorage", 19},
    {"BF16", 16, DType::bf16, "torch.BFloat16Storage", 14},
    {"I32", 32, DType::i32, "torch.IntStorage", 3},
    {"I64", 64, {}, "torch.LongStorage", 9},
    {"I16", 16, {}, "torch.ShortStorage", 5},
    {"I8", 8, {}, "torch.CharStorage", 6},
    {"U8", 8, {}, "torch.ByteStorage", 4},
    {"BOOL", 8, {}, "torch.BoolStorage", 10},
    {"U16", 16, {}, {}, 17, "torch.uint16"},
    {"U32", 32, {}, {}, 22, "torch.uint32"},
    {"U64", 64, {}, {}, 23, "torch.uint64"},
    {"F4", 4},
    {"F6_E2M3", 6},
    {"F6_E3M2", 6},
    {"F8_E5M2", 8, {}, {}, 0, "torch.float8_e5m2"},
    {"F8_E4M3", 8, {}, {}, 0, "torch.float8_e4m3fn"},
    {"F8_E8M0", 8, {}, {}, 0, "torch.float8_e8m0fnu"},
    {"F8_E5M2FNUZ", 8, {}, {}, 0, "torch.float8_e5m2fnuz"},
    {"F8_E4M3FNUZ", 8, {}, {}, 0, "torch.float8_e4m3fnuz"},
    {"C32", 32, {}, {}, 0, "torch.complex32"},
    {"C64", 64, {}, "torch.ComplexFloatStorage"},
    {"C128", 128, {}, "torch.ComplexDoubleStorage"},
    // Types that safetensors does not have. An element of most of them holds several numbers.
    {"torch.float4_e2m1fn_x2", 8, {}, {}, 0, "torch.float4_e2m1fn_x2"},
    {"torch.bits8", 8, {}, {}, 0, "torch.bits8"},
    {"torch.bits16", 16, {}, {}, 0, "torch.bits16"},
    {"torch.bits1x8", 8, {}, {}, 0, "torch.bits1x8"},
    {"torch.bits2x4", 8, {}, {}, 0, "torch.bits2x4"},
    {"torch.bits4x2", 8, {}, {}, 0, "torch.bits4x2"},
}};

// The type whose `column` is `value`, or nullptr: find_stored_type(&StoredType::name, "F32").
template <class Column, class Value>
constexpr const StoredType* find_stored_type(Column StoredType::*column, const Value& value) {
  if (value == Column()) return nullptr;  // the column of a type that a format does not have
  const auto* found = std::ranges::find(stored_types, Column(value), column);
  return found == stored_types.end() ? nullptr : found;
}

// How a tensor in memory is stored unchanged.
constexpr const StoredType& stored_type_of(DType dtype) {
  return *std::ranges::find(stored_types, std::optional(dtype), &StoredType::dtype);
}

// Calls f.operator()<T>() with the C++ type of the elements of a floating-point tensor, f32, f64, bf16 or f16.
template <class F>
void visit_floating(DType dtype, F&& f) {
  switch (dtype) {
    case DType::f32:
      return f.template operator()<float>();
    case DType::f64:
      return f.template operator()<double>();
    case DType::bf16:
      return f.template operator()<BFloat16>();
    case DType::f16:
      return f.template operator()<Float16>();
    default:
      fail("expected floating-point numbers, got {}", name_of(dtype));
  }
}

}  // namespace mini_bert
