#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace mini_bert {

// Hands out 64-byte aligned memory and keeps what is returned for the next request of the same size class: a training
// step asks for the same sizes as the step before it, so after the first step hardly a page comes from the system.
// Thread-safe. Built with AddressSanitizer nothing is kept, so that a use after free is seen.
class CachingAllocator {
 public:
  struct Statistics {
    std::size_t live = 0;    // bytes handed out now
    std::size_t peak = 0;    // most bytes ever handed out at once
    std::size_t cached = 0;  // bytes kept for later
    std::size_t system_allocations = 0;
  };

  static constexpr std::size_t alignment = 64;

  static CachingAllocator& instance();

  // The memory is not initialised. Throws Error when the system has none left.
  std::shared_ptr<std::byte> allocate(std::size_t bytes);

  Statistics statistics() const;
  void release_cached();

  // Requests are rounded up to eight steps per power of two, so at most an eighth is wasted (small blocks: to 64
  // bytes).
  static std::size_t size_class(std::size_t bytes);

 private:
  std::byte* take_cached(std::size_t size);  // null when there is none
  void give_back(std::byte* block, std::size_t size);

  mutable std::mutex mutex_;
  std::unordered_map<std::size_t, std::vector<std::byte*>> free_;
  Statistics statistics_;
};

}  // namespace mini_bert
