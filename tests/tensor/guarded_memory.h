#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>

#include "mini_bert/base/error.h"

namespace mini_bert::testing {

// Memory between two pages that nobody may touch: a byte read or written before its beginning or behind its end ends
// the program.
class GuardedMemory {
 public:
  explicit GuardedMemory(std::size_t bytes) : page_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))) {
    size_ = (bytes + page_ - 1) / page_ * page_;
    void* const all = mmap(nullptr, size_ + 2 * page_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    require(all != MAP_FAILED, "guarded memory: mmap of {} bytes failed", size_);
    begin_ = static_cast<std::byte*>(all) + page_;
    require(mprotect(begin_, size_, PROT_READ | PROT_WRITE) == 0, "guarded memory: mprotect failed");
  }
  ~GuardedMemory() { munmap(begin_ - page_, size_ + 2 * page_); }
  GuardedMemory(const GuardedMemory&) = delete;
  GuardedMemory& operator=(const GuardedMemory&) = delete;

  // `bytes` right behind the first guard, or right before the last.
  std::byte* place(std::size_t bytes, bool at_end) {
    require(bytes <= size_, "guarded memory: {} bytes asked for, has {}", bytes, size_);
    return at_end ? begin_ + size_ - bytes : begin_;
  }

 private:
  std::size_t page_, size_;
  std::byte* begin_;
};

}  // namespace mini_bert::testing
