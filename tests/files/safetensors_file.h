#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace mini_bert::test {

// The bytes of a safetensors file, valid or invalid: length, header, data.
inline std::string safetensors_bytes(std::uint64_t length, std::string_view header, std::string_view data) {
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &length, 8);
  bytes += header;
  bytes += data;
  return bytes;
}
inline std::string safetensors_bytes(std::string_view header, std::size_t data_bytes) {
  return safetensors_bytes(header.size(), header, std::string(data_bytes, '\1'));
}

}  // namespace mini_bert::test
