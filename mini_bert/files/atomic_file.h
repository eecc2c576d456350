#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

namespace mini_bert {

// A file that was written: what its content was in memory.
struct WrittenFile {
  std::filesystem::path path;
  std::uint64_t bytes = 0;
  std::uint32_t crc32c = 0;  // crc32c.h
};

// Writes a file so that its path always holds either the old content or all of the new content. The bytes go to
// "<path>.tmp" in the same folder, are synced to the disk, and only then is the file renamed into place. Without
// commit(), or after an error, the temporary file is removed and the old file stays. A killed process leaves at most
// one temporary file, which the next write of the same path reuses. When two processes write the same path, the second
// gets an Error. Pillai et al., OSDI 2014, explain why each of these steps is needed.
//
//   AtomicFile file(path, total_bytes);
//   file.write(header);
//   file.write(data);
//   file.commit();
class AtomicFile {
 public:
  // Messages about a full disk mention `expected_bytes`; 0 means unknown.
  explicit AtomicFile(std::filesystem::path path, std::uint64_t expected_bytes = 0);
  ~AtomicFile();
  AtomicFile(AtomicFile&&) noexcept;
  AtomicFile& operator=(AtomicFile&&) noexcept;

  void write(std::span<const std::byte> bytes);
  void write(std::string_view bytes);
  WrittenFile commit();  // once; after it write() is an error

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Writes content that is in memory, as AtomicFile does.
WrittenFile write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

// Waits until the entries of a folder (creations and renames in it) are on the disk.
void sync_folder(const std::filesystem::path& folder);

}  // namespace mini_bert
