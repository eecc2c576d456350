#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

namespace mini_bert {

// The bytes of a file, read-only, brought into memory by the operating system as they are touched: opening a model of
// 400 MB costs nothing until its tensors are read. Files in use must be replaced (see AtomicFile), not cut short in
// place: touching bytes that are gone ends the process.
class MappedFile {
 public:
  MappedFile() = default;
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;

  std::span<const std::byte> bytes() const { return bytes_; }
  std::string_view text() const { return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()}; }

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace mini_bert
