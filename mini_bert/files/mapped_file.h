#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

namespace mini_bert {

// What a program may do with a file's bytes in memory. The file never changes.
enum class Mapping { read_only, copy_on_write };

// The bytes of a file, mapped into memory. The operating system loads a page when the program first touches it, so
// opening a model of 400 MB costs nothing until its tensors are read. Do not truncate a file in use: touching a page
// that is gone ends the process. Replace the file instead (see AtomicFile). A build without MINI_BERT_MMAP reads the
// whole file into memory, with the same results.
class MappedFile {
 public:
  MappedFile() = default;
  explicit MappedFile(const std::filesystem::path& path, Mapping mapping = Mapping::read_only);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;

  std::span<const std::byte> bytes() const { return bytes_; }
  // Tells the system that `count` bytes from `begin` on have been read and nobody has written to them, so that they no
  // longer count as memory of this process. Reading them again brings them back from the file.
  void forget(std::size_t begin, std::size_t count) const;

  std::byte* writable_bytes() { return const_cast<std::byte*>(bytes_.data()); }  // of a copy_on_write mapping
  std::string_view text() const { return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()}; }

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace mini_bert
