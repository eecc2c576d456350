#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/files/torch_bytes.h"

// Builds the bytes of the index of a TensorFlow checkpoint, valid or invalid, from small pieces.
namespace mini_bert::test {

inline std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  return bytes + static_cast<char>(value);
}

// LevelDB's masked CRC-32C, computed bit by bit.
inline std::string checksum(std::string_view bytes) {
  std::uint32_t sum = ~0u;
  for (const char c : bytes) {
    sum ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) sum = (sum >> 1) ^ (0x82f63b78u & (0u - (sum & 1)));
  }
  sum = ~sum;
  return little_endian(static_cast<std::uint32_t>(((sum >> 15) | (sum << 17)) + 0xa282ead8u));
}

inline std::string with_trailer(const std::string& block, char compression = 0) {
  const std::string checked = block + compression;
  return checked + checksum(checked);
}

using TableEntries = std::vector<std::pair<std::string, std::string>>;

inline std::string table_entry(std::size_t shared, const std::string& rest, const std::string& value) {
  return varint(shared) + varint(rest.size()) + varint(value.size()) + rest + value;
}
inline std::string table_block(const TableEntries& entries) {
  std::string bytes;
  for (const auto& [key, value] : entries) bytes += table_entry(0, key, value);
  return bytes + little_endian<std::uint32_t>(0) + little_endian<std::uint32_t>(1);
}

// A table with one block of entries, followed by an empty block of metadata, a block that points to the entries, and
// the footer.
inline std::string table_around(const std::string& block, char compression = 0) {
  std::string bytes = with_trailer(block, compression);
  const std::string metadata_handle = varint(bytes.size()) + varint(table_block({}).size());
  bytes += with_trailer(table_block({}));
  const std::string blocks = table_block({{"z", varint(0) + varint(block.size())}});
  std::string footer = metadata_handle + varint(bytes.size()) + varint(blocks.size());
  footer.resize(40);
  return bytes + with_trailer(blocks) + footer + little_endian<std::uint64_t>(0xdb4775248b80fb57);
}

// Fields of a protocol buffer.
inline std::string number_field(int number, std::uint64_t value) {
  return varint(static_cast<std::uint64_t>(number) << 3) + varint(value);
}
inline std::string message_field(int number, const std::string& message) {
  return varint(static_cast<std::uint64_t>(number) << 3 | 2) + varint(message.size()) + message;
}

inline std::string bundle_header(std::uint64_t shards = 1, std::uint64_t byte_order = 0) {
  return number_field(1, shards) + number_field(2, byte_order);
}

struct BundleEntry {
  std::uint64_t type = 1;  // F32
  std::vector<std::uint64_t> extents = {2, 3};
  std::uint64_t shard = 0;
  std::uint64_t offset = 0;
  std::uint64_t bytes = 24;
  std::string more = {};

  std::string message() const {
    std::string shape;
    for (const std::uint64_t extent : extents) shape += message_field(2, number_field(1, extent));
    return number_field(1, type) + message_field(2, shape) + number_field(3, shard) + number_field(4, offset) +
           number_field(5, bytes) + more;
  }
};

inline std::string tensorflow_index(const TableEntries& variables, const std::string& header = bundle_header()) {
  TableEntries entries = {{"", header}};
  entries.insert(entries.end(), variables.begin(), variables.end());
  return table_around(table_block(entries));
}

}  // namespace mini_bert::test
