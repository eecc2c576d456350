#pragma once

#include <cstddef>

#include "mini_bert/base/error.h"

#if defined(__EMSCRIPTEN__)
#include <algorithm>
#include <cstdlib>
#include <vector>
#else
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace mini_bert::testing {

// Memory between two guards that nobody may touch. Whoever reads or writes a byte before its beginning or behind its
// end ends the program. WebAssembly cannot protect memory: there the guards are bytes of 0xff, which are NaNs to
// whoever reads them as numbers, and a byte that was written ends the program when the memory is freed.
class GuardedMemory {
 public:
  explicit GuardedMemory(std::size_t bytes);
  ~GuardedMemory();
  GuardedMemory(const GuardedMemory&) = delete;
  GuardedMemory& operator=(const GuardedMemory&) = delete;

  // `bytes` right behind the first guard, or right before the last.
  std::byte* place(std::size_t bytes, bool at_end) {
    require(bytes <= size_, "guarded memory: {} bytes asked for, has {}", bytes, size_);
    return at_end ? begin_ + size_ - bytes : begin_;
  }

 private:
#if defined(__EMSCRIPTEN__)
  static constexpr std::size_t guard = 4096;
  std::vector<std::byte> all_;
#else
  const std::size_t page_ = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
#endif
  std::size_t size_;
  std::byte* begin_;
};

#if defined(__EMSCRIPTEN__)

inline GuardedMemory::GuardedMemory(std::size_t bytes)
    : all_((bytes + 63) / 64 * 64 + 2 * guard + 64, std::byte{0xff}), size_((bytes + 63) / 64 * 64) {
  const std::size_t misaligned = reinterpret_cast<std::size_t>(all_.data()) % 64;
  begin_ = all_.data() + guard + (64 - misaligned) % 64;
  std::fill_n(begin_, size_, std::byte{0});
}

inline GuardedMemory::~GuardedMemory() {
  const auto untouched = [](std::byte byte) { return byte == std::byte{0xff}; };
  const std::byte* const first = all_.data();
  if (!std::all_of(first, static_cast<const std::byte*>(begin_), untouched)) std::abort();
  if (!std::all_of(begin_ + size_, all_.data() + all_.size(), untouched)) std::abort();
}

#else

inline GuardedMemory::GuardedMemory(std::size_t bytes) : size_((bytes + page_ - 1) / page_ * page_) {
  void* const all = mmap(nullptr, size_ + 2 * page_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  require(all != MAP_FAILED, "guarded memory: mmap of {} bytes failed", size_);
  begin_ = static_cast<std::byte*>(all) + page_;
  require(size_ == 0 || mprotect(begin_, size_, PROT_READ | PROT_WRITE) == 0, "guarded memory: mprotect failed");
}

inline GuardedMemory::~GuardedMemory() {
  munmap(begin_ - page_, size_ + 2 * page_);
}

#endif

}  // namespace mini_bert::testing
