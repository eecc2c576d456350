#include "tensor/allocator.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <limits>

#include "tensor/error.h"

namespace mini_bert {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool keep_blocks = false;
#elif defined(__has_feature)
constexpr bool keep_blocks = !__has_feature(address_sanitizer);
#else
constexpr bool keep_blocks = true;
#endif

// The size class of anything larger would wrap around to a small number.
constexpr std::size_t largest_request = std::numeric_limits<std::size_t>::max() / 4;

}  // namespace

CachingAllocator& CachingAllocator::instance() {
  static CachingAllocator& allocator = *new CachingAllocator;  // outlives every static tensor
  return allocator;
}

std::size_t CachingAllocator::size_class(std::size_t bytes) {
  if (bytes <= 8 * alignment) return std::max((bytes + alignment - 1) / alignment, std::size_t{1}) * alignment;
  const std::size_t step = std::bit_floor(bytes - 1) / 8;
  return (bytes + step - 1) / step * step;
}

std::shared_ptr<std::byte> CachingAllocator::allocate(std::size_t bytes) {
  constexpr const char* out_of_memory = "out of memory: {} MB were asked for; use a smaller batch or shorter texts";
  require(bytes <= largest_request, out_of_memory, bytes >> 20);
  const std::size_t size = size_class(bytes);
  std::byte* block = take_cached(size);
  const bool from_system = block == nullptr;
  if (block == nullptr) block = static_cast<std::byte*>(std::aligned_alloc(alignment, size));
  if (block == nullptr) {
    release_cached();
    block = static_cast<std::byte*>(std::aligned_alloc(alignment, size));
  }
  require(block != nullptr, out_of_memory, bytes >> 20);
  {
    const std::lock_guard lock(mutex_);
    statistics_.live += size;
    statistics_.peak = std::max(statistics_.peak, statistics_.live);
    if (from_system) ++statistics_.system_allocations;
  }
  return {block, [this, size](std::byte* released) { give_back(released, size); }};
}

std::byte* CachingAllocator::take_cached(std::size_t size) {
  const std::lock_guard lock(mutex_);
  const auto blocks = free_.find(size);
  if (blocks == free_.end() || blocks->second.empty()) return nullptr;
  std::byte* const block = blocks->second.back();
  blocks->second.pop_back();
  statistics_.cached -= size;
  return block;
}

void CachingAllocator::give_back(std::byte* block, std::size_t size) {
  const std::lock_guard lock(mutex_);
  statistics_.live -= size;
  if (!keep_blocks) return std::free(block);
  free_[size].push_back(block);
  statistics_.cached += size;
}

CachingAllocator::Statistics CachingAllocator::statistics() const {
  const std::lock_guard lock(mutex_);
  return statistics_;
}

void CachingAllocator::release_cached() {
  const std::lock_guard lock(mutex_);
  for (auto& [size, blocks] : free_) {
    for (std::byte* block : blocks) std::free(block);
  }
  free_.clear();
  statistics_.cached = 0;
}

}  // namespace mini_bert
