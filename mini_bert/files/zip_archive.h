#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mini_bert {

// A file inside a zip archive, stored as it is: the bytes [begin, end) of the archive.
struct ZipEntry {
  std::string_view name;  // within the archive's bytes
  std::size_t begin = 0;
  std::size_t end = 0;
};

// The files of a zip archive (PKWARE APPNOTE 6.3, with its zip64 extension), sorted by place; `path` is for messages.
// Error unless every one of them is stored without compression or encryption and lies within the archive, apart from
// the others.
std::vector<ZipEntry> read_stored_zip(std::span<const std::byte> archive, const std::string& path);

}  // namespace mini_bert
