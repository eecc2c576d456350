#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mini_bert {

// An uncompressed file in a zip archive: the bytes [begin, end) of the archive.
struct ZipEntry {
  std::string_view name;  // within the archive's bytes
  std::size_t begin = 0;
  std::size_t end = 0;
};

// The files of a zip archive (PKWARE APPNOTE 6.3, with its zip64 extension), sorted by place; `path` is for messages.
// Error for a file that is compressed or encrypted, lies outside the archive or overlaps another one.
std::vector<ZipEntry> read_stored_zip(std::span<const std::byte> archive, const std::string& path);

}  // namespace mini_bert
