#pragma once

#include <filesystem>
#include <functional>

#include "mini_bert/base/posix.h"

namespace mini_bert::hub {

// Holds a lock file until the end of the scope, and creates it when it does not exist. While another process holds the
// lock, calls `on_wait` once and waits. The kind of lock (flock) and the files are those of Python's huggingface_hub,
// so the two programs wait for each other. On a file system without locks nobody waits.
class FileLock {
 public:
  explicit FileLock(
      const std::filesystem::path& path, const std::function<void()>& on_wait = [] {});

 private:
  posix::Descriptor file_;
};

}  // namespace mini_bert::hub
