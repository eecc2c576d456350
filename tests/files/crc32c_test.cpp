#include "mini_bert/files/crc32c.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "tests/catch.h"

using namespace mini_bert;

namespace crc32c_test {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

TEST_CASE("crc32c: the examples of RFC 3720 and the usual check value") {
  CHECK(crc32c(bytes_of("123456789")) == 0xe3069283u);
  CHECK(crc32c({}) == 0);
  std::vector<std::byte> block(32);
  CHECK(crc32c(block) == 0x8a9136aau);
  std::ranges::fill(block, std::byte{0xff});
  CHECK(crc32c(block) == 0x62a8ab43u);
  for (std::size_t i = 0; i < 32; ++i) block[i] = static_cast<std::byte>(i);
  CHECK(crc32c(block) == 0x46dd794eu);
  for (std::size_t i = 0; i < 32; ++i) block[i] = static_cast<std::byte>(31 - i);
  CHECK(crc32c(block) == 0x113fdb5cu);
}

TEST_CASE("crc32c: tables and the CPU's instruction agree, whatever the length, the place and the pieces") {
  std::vector<std::byte> bytes(300);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i * 37 + i / 7);
  for (std::size_t begin = 0; begin < 9; ++begin) {
    for (std::size_t length = 0; length < 70; ++length) {
      const auto part = std::span<const std::byte>(bytes).subspan(begin, length);
      CAPTURE(begin, length);
      REQUIRE(crc32c(part) == ~crc32c_by_tables(~0u, part));
      Crc32c sum;
      sum.add(part.first(length / 3));
      sum.add(part.subspan(length / 3));
      REQUIRE(sum.value() == crc32c(part));
    }
  }
}

TEST_CASE("crc32c: every single flipped bit is noticed") {
  std::vector<std::byte> bytes(100, std::byte{0x5a});
  const std::uint32_t before = crc32c(bytes);
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    bytes[bit / 8] ^= static_cast<std::byte>(1 << bit % 8);
    REQUIRE(crc32c(bytes) != before);
    bytes[bit / 8] ^= static_cast<std::byte>(1 << bit % 8);
  }
}

}  // namespace crc32c_test
