#pragma once

#include <bit>
#include <cstdint>

namespace mini_bert {

// IEEE 754 binary16 ("F16"): 1 sign bit, 5 exponent bits (bias 15), 10 fraction bits. No arithmetic; see Float16.
inline float half_to_float(std::uint16_t half) {
  const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000u) << 16;
  const std::uint32_t exponent = (half >> 10) & 0x1fu;
  const std::uint32_t fraction = half & 0x3ffu;
  if (exponent == 0) {  // zero and subnormal numbers: fraction · 2⁻²⁴, exact in a float
    const float magnitude = static_cast<float>(fraction) * 0x1.0p-24f;
    return std::bit_cast<float>(std::bit_cast<std::uint32_t>(magnitude) | sign);
  }
  const std::uint32_t wide_exponent = exponent == 0x1fu ? 0xffu : exponent + (127 - 15);  // 31: infinity, NaN
  return std::bit_cast<float>(sign | (wide_exponent << 23) | (fraction << 13));
}

// Rounds to nearest, ties to even; what is beyond 65504 becomes infinity, NaN stays NaN.
inline std::uint16_t float_to_half(float value) {
  const auto word = std::bit_cast<std::uint32_t>(value);
  const auto sign = static_cast<std::uint16_t>((word >> 16) & 0x8000u);
  const std::uint32_t magnitude = word & 0x7fffffffu;
  if (magnitude > 0x7f800000u) return sign | 0x7e00u;   // NaN
  if (magnitude >= 0x477ff000u) return sign | 0x7c00u;  // 65520 and above
  if (magnitude < 0x38800000u) {                        // below 2⁻¹⁴: subnormal in binary16
    // Added to 0.5, the fraction's last bit is worth 2⁻²⁴: the addition itself rounds to a multiple of it.
    const float shifted = std::bit_cast<float>(magnitude) + 0.5f;
    return sign | static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(shifted) - 0x3f000000u);
  }
  const std::uint32_t rebiased = magnitude - ((127u - 15u) << 23);
  return sign | static_cast<std::uint16_t>((rebiased + 0xfffu + ((rebiased >> 13) & 1u)) >> 13);
}

}  // namespace mini_bert
