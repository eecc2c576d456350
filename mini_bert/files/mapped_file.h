#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

namespace mini_bert {

// What a program may do with a mapped file's bytes. Whatever it writes stays in memory: the file never changes.
enum class Mapping { read_only, copy_on_write };

// The bytes of a file, brought into memory by the operating system as they are touched: opening a model of
// 400 MB costs nothing until its tensors are read. Files in use must be replaced (see AtomicFile), not cut short in
// place: touching bytes that are gone ends the process.
class MappedFile {
 public:
  MappedFile() = default;
  explicit MappedFile(const std::filesystem::path& path, Mapping mapping = Mapping::read_only);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;

  std::span<const std::byte> bytes() const { return bytes_; }
  std::byte* writable_bytes() { return const_cast<std::byte*>(bytes_.data()); }  // of a copy_on_write mapping
  std::string_view text() const { return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()}; }

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace mini_bert
