#pragma once

#include <filesystem>
#include <string_view>

#include "mini_bert/base/posix.h"

namespace mini_bert {

// Keeps a folder for one process. The lock is one of the system (flock) on the file "run.lock", so it ends with the
// process, however that ends; the file says who holds it, and is removed at the end. On a file system without locks
// nothing is locked.
class FolderLock {
 public:
  static constexpr std::string_view file_name = "run.lock";

  // Error "<folder>: process 4711 is writing to this folder now; …" when another process, or another FolderLock, holds
  // it. The folder must exist.
  explicit FolderLock(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;

 private:
  std::filesystem::path file_;
  posix::Descriptor descriptor_;
};

}  // namespace mini_bert
