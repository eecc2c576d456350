#include "mini_bert/tensor/half.h"

#include <cmath>

#include "tests/catch.h"

namespace mini_bert {
namespace {

TEST_CASE("every float16 survives the way through float", "[dtype]") {
  int wrong = 0;
  for (std::uint32_t half = 0; half < 65536; ++half) {
    const float value = half_to_float(static_cast<std::uint16_t>(half));
    wrong += std::isnan(value) ? !std::isnan(half_to_float(float_to_half(value))) : float_to_half(value) != half;
  }
  CHECK(wrong == 0);
  CHECK(half_to_float(0x3c00) == 1.0f);
  CHECK(half_to_float(0xc000) == -2.0f);
  CHECK(half_to_float(0x7bff) == 65504.0f);
  CHECK(half_to_float(0x0001) == 0x1.0p-24f);
  CHECK(std::signbit(half_to_float(0x8000)));
}

TEST_CASE("between two float16 the nearer is taken, at the middle the even one", "[dtype]") {
  int wrong = 0;
  for (std::uint16_t half = 0; half < 0x7bff; ++half) {
    const float low = half_to_float(half);
    const float high = half_to_float(static_cast<std::uint16_t>(half + 1));
    const float middle = low + (high - low) / 2;  // exact: a float has more digits
    const auto even = static_cast<std::uint16_t>(half + (half & 1));
    wrong += float_to_half(middle) != even;
    wrong += float_to_half(std::nextafter(middle, low)) != half;
    wrong += float_to_half(std::nextafter(middle, high)) != half + 1;
    wrong += float_to_half(-middle) != (even | 0x8000);
  }
  CHECK(wrong == 0);
  CHECK(float_to_half(65519.996f) == 0x7bff);
  CHECK(float_to_half(65520.0f) == 0x7c00);
}

}  // namespace
}  // namespace mini_bert
