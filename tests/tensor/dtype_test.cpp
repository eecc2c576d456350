#include "mini_bert/tensor/dtype.h"

#include <bit>
#include <cmath>
#include <limits>

#include "tests/catch.h"

namespace mini_bert {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

std::uint16_t rounded(std::uint32_t float_bits) {
  return BFloat16(std::bit_cast<float>(float_bits)).bits;
}

TEST_CASE("every bfloat16 survives the way through float", "[dtype]") {
  int changed = 0, wrong_nan = 0;
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    BFloat16 x;
    x.bits = static_cast<std::uint16_t>(bits);
    const auto value = static_cast<float>(x);
    const BFloat16 back(value);
    if (std::isnan(value)) {
      // A signalling NaN comes back quiet; sign and payload stay.
      wrong_nan += back.bits != (bits | 0x40u);
    } else {
      changed += back.bits != bits;
    }
  }
  CHECK(changed == 0);
  CHECK(wrong_nan == 0);
}

TEST_CASE("float to bfloat16 rounds to nearest", "[dtype]") {
  CHECK(rounded(0x3f800000) == 0x3f80);  // 1
  CHECK(rounded(0x3f807fff) == 0x3f80);  // just below the middle
  CHECK(rounded(0x3f808001) == 0x3f81);  // just above
  CHECK(rounded(0xbf808001) == 0xbf81);
  CHECK(static_cast<float>(BFloat16(3.14159265f)) == 3.140625f);
}

TEST_CASE("ties go to the even neighbour", "[dtype]") {
  CHECK(rounded(0x3f808000) == 0x3f80);
  CHECK(rounded(0x3f818000) == 0x3f82);
  CHECK(rounded(0xbf808000) == 0xbf80);
  CHECK(rounded(0xbf818000) == 0xbf82);
  CHECK(rounded(0x3fff8000) == 0x4000);  // carries into the exponent
}

TEST_CASE("the nearest bfloat16 is taken for any float", "[dtype]") {
  // Every 9973rd positive finite float against both its neighbours.
  int wrong = 0;
  for (std::uint32_t bits = 0; bits < 0x7f7f0000u; bits += 9973) {
    const double value = std::bit_cast<float>(bits);
    const double below = std::bit_cast<float>(bits & 0xffff0000u);
    const double above = std::bit_cast<float>((bits & 0xffff0000u) + 0x10000u);
    const double got = static_cast<float>(BFloat16(static_cast<float>(value)));
    wrong += std::abs(got - value) > std::min(value - below, above - value);
  }
  CHECK(wrong == 0);
}

TEST_CASE("zeros, infinities, NaN and overflow", "[dtype]") {
  CHECK(BFloat16(0.0f).bits == 0x0000);
  CHECK(BFloat16(-0.0f).bits == 0x8000);
  CHECK(BFloat16(infinity).bits == 0x7f80);
  CHECK(BFloat16(-infinity).bits == 0xff80);
  CHECK(BFloat16(std::numeric_limits<float>::max()).bits == 0x7f80);
  CHECK(rounded(0x7f7f7fff) == 0x7f7f);  // the last float that does not become infinite
  CHECK(rounded(0x00000001) == 0x0000);  // the smallest denormal
  CHECK(rounded(0x00018000) == 0x0002);  // a tie between denormals
  for (const std::uint32_t nan : {0x7f800001u, 0x7fffffffu, 0xff800001u, 0xffffffffu}) {
    CHECK(std::isnan(static_cast<float>(BFloat16(std::bit_cast<float>(nan)))));
  }
}

TEST_CASE("names and sizes of the types", "[dtype]") {
  CHECK(size_of(DType::f32) == sizeof(float));
  CHECK(size_of(DType::f64) == sizeof(double));
  CHECK(size_of(DType::bf16) == sizeof(BFloat16));
  CHECK(size_of(DType::f16) == sizeof(Float16));
  CHECK(size_of(DType::i32) == sizeof(std::int32_t));
  CHECK(name_of(DType::f32) == "f32");
  CHECK(name_of(DType::f64) == "f64");
  CHECK(name_of(DType::bf16) == "bf16");
  CHECK(name_of(DType::f16) == "f16");
  CHECK(name_of(DType::i32) == "i32");
}

TEST_CASE("arithmetic is on f32 and f64 only", "[dtype]") {
  std::size_t size = 0;
  const auto note_size = [&]<class T>() { size = sizeof(T); };
  visit_float(DType::f32, note_size);
  CHECK(size == 4);
  visit_float(DType::f64, note_size);
  CHECK(size == 8);
  CHECK_THROWS_WITH(visit_float(DType::bf16, note_size), ContainsSubstring("f32 and f64, got bf16"));
  CHECK_THROWS_WITH(visit_float(DType::f16, note_size), ContainsSubstring("f32 and f64, got f16"));
  CHECK(arithmetic_dtype(DType::f16) == DType::f32);
  CHECK_THROWS_WITH(visit_float(DType::i32, note_size), ContainsSubstring("f32 and f64, got i32"));
}

}  // namespace
}  // namespace mini_bert
