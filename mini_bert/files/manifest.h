#pragma once

#include <filesystem>
#include <span>
#include <string_view>

#include "mini_bert/base/error.h"
#include "mini_bert/files/atomic_file.h"

namespace mini_bert {

// A file is missing, has another size or other bytes than when it was written. what() is one line that names the file.
class DamagedFileError : public Error {
 public:
  using Error::Error;
};

// checksums.json of a folder lists its files with their sizes and checksums (CRC-32C, crc32c.h):
//   {"model.safetensors": {"bytes": 1234, "crc32c": "0a1b2c3d"}, …}
// The checksums are those of the bytes in memory, so the list also shows what went wrong on the way to the disk.
inline constexpr std::string_view manifest_name = "checksums.json";

// Writes the list, as the last file of the folder.
void write_manifest(const std::filesystem::path& folder, std::span<const WrittenFile> files);

bool has_manifest(const std::filesystem::path& folder);

// Reads all files that the list names and compares. DamagedFileError for the first difference, or when the list itself
// cannot be read. Files that the list does not name are ignored.
void verify_manifest(const std::filesystem::path& folder);

// The same for one of the files.
void verify_file(const std::filesystem::path& folder, std::string_view name);

}  // namespace mini_bert
