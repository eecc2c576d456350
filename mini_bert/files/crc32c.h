#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace mini_bert {

// CRC-32C (Castagnoli polynomial 0x1EDC6F41, reflected, as in iSCSI, RFC 3720 appendix B.4). It finds every change of
// at most 32 neighbouring bits, and any other change with probability 1 − 2⁻³². It is no protection against intent.
// The same result on every CPU: about 10 GB/s with the instruction of x86 (SSE 4.2), 2 GB/s with tables.
class Crc32c {
 public:
  void add(std::span<const std::byte> bytes);
  std::uint32_t value() const { return ~remainder_; }

 private:
  std::uint32_t remainder_ = ~0u;
};

std::uint32_t crc32c(std::span<const std::byte> bytes);

// One step with tables alone, for tests: the remainder after `bytes`.
std::uint32_t crc32c_by_tables(std::uint32_t remainder, std::span<const std::byte> bytes);

}  // namespace mini_bert
