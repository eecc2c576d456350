#pragma once

#include <filesystem>
#include <functional>

#include "mini_bert/files/posix.h"

namespace mini_bert::hub {

// Holds a lock file, made when it is not there, until the end of the scope; waits while another process holds it, after
// one call of `on_wait`. The kind of lock (flock) and the files are those of Python's huggingface_hub, so that the two
// wait for each other. File systems without locks: nobody waits.
class FileLock {
 public:
  explicit FileLock(
      const std::filesystem::path& path, const std::function<void()>& on_wait = [] {});

 private:
  posix::Descriptor file_;
};

}  // namespace mini_bert::hub
