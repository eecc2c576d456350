#include "mini_bert/files/crc32c.h"

#include <array>
#include <bit>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace mini_bert {
namespace {

using CrcTables = std::array<std::array<std::uint32_t, 256>, 8>;

// tables[k][b]: the remainder of byte b followed by k zero bytes.
CrcTables make_crc_tables() {
  constexpr std::uint32_t reflected_polynomial = 0x82f63b78u;
  CrcTables tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t remainder = byte;
    for (int bit = 0; bit < 8; ++bit) {
      remainder = (remainder >> 1) ^ ((remainder & 1) != 0 ? reflected_polynomial : 0);
    }
    tables[0][byte] = remainder;
  }
  for (std::size_t k = 1; k < tables.size(); ++k) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t before = tables[k - 1][byte];
      tables[k][byte] = (before >> 8) ^ tables[0][before & 0xff];
    }
  }
  return tables;
}

// Made when they are needed first. As constants they would be 8 kB that no compression makes smaller, in what each page
// downloads.
const CrcTables& crc_tables() {
  static const CrcTables tables = make_crc_tables();
  return tables;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t crc32c_by_instruction(std::uint32_t remainder,
                                                                      std::span<const std::byte> bytes) {
  std::uint64_t wide = remainder;
  while (bytes.size() >= 8) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, bytes.data(), 8);
    wide = _mm_crc32_u64(wide, eight);
    bytes = bytes.subspan(8);
  }
  remainder = static_cast<std::uint32_t>(wide);
  for (const std::byte byte : bytes) remainder = _mm_crc32_u8(remainder, std::to_integer<std::uint8_t>(byte));
  return remainder;
}
#endif

}  // namespace

// Eight bytes at a time ("slicing by 8"): the remainder of the sum is the sum of the eight remainders.
std::uint32_t crc32c_by_tables(std::uint32_t remainder, std::span<const std::byte> bytes) {
  const CrcTables& tables = crc_tables();
  if constexpr (std::endian::native == std::endian::little) {
    while (bytes.size() >= 8) {
      std::uint64_t eight = 0;
      std::memcpy(&eight, bytes.data(), 8);
      eight ^= remainder;
      remainder = 0;
      for (std::size_t i = 0; i < 8; ++i) remainder ^= tables[7 - i][(eight >> (8 * i)) & 0xff];
      bytes = bytes.subspan(8);
    }
  }
  for (const std::byte byte : bytes) {
    remainder = tables[0][(remainder ^ std::to_integer<std::uint32_t>(byte)) & 0xff] ^ (remainder >> 8);
  }
  return remainder;
}

void Crc32c::add(std::span<const std::byte> bytes) {
#if defined(__x86_64__)
  static const bool has_instruction = __builtin_cpu_supports("sse4.2") != 0;
  if (has_instruction) {
    remainder_ = crc32c_by_instruction(remainder_, bytes);
    return;
  }
#endif
  remainder_ = crc32c_by_tables(remainder_, bytes);
}

std::uint32_t crc32c(std::span<const std::byte> bytes) {
  Crc32c sum;
  sum.add(bytes);
  return sum.value();
}

}  // namespace mini_bert
