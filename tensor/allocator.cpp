#include "tensor/allocator.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <limits>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

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

constexpr std::size_t huge_page = std::size_t{2} << 20;
constexpr std::size_t smallest_segment = std::size_t{32} << 20;
// Rounding up anything larger would wrap around to a small number.
constexpr std::size_t largest_request = std::numeric_limits<std::size_t>::max() / 4;

constexpr std::size_t round_up(std::size_t n, std::size_t to) {
  return (n + to - 1) / to * to;
}

void ask_for_huge_pages([[maybe_unused]] void* memory, [[maybe_unused]] std::size_t size) {
#if defined(__linux__)
  madvise(memory, size, MADV_HUGEPAGE);  // a hint; without it everything works, slower
#endif
}

}  // namespace

struct alignas(CachingAllocator::alignment) CachingAllocator::Block {
  std::size_t size;  // of this header and the memory after it
  Block* before;     // its neighbour in the segment, null for the first
  bool is_free;
  bool is_last;  // of its segment
  Block* next;   // in the list of its bin, while free
  Block* previous;

  std::byte* memory() { return reinterpret_cast<std::byte*>(this + 1); }
  static Block* of(std::byte* memory) { return reinterpret_cast<Block*>(memory) - 1; }
  Block* after() { return is_last ? nullptr : reinterpret_cast<Block*>(reinterpret_cast<std::byte*>(this) + size); }
  std::size_t capacity() const { return size - sizeof(Block); }
};

CachingAllocator& CachingAllocator::instance() {
  static CachingAllocator& allocator = *new CachingAllocator;  // outlives every static tensor
  return allocator;
}

std::shared_ptr<std::byte> CachingAllocator::allocate(std::size_t bytes) {
  return {take(bytes), [this](std::byte* memory) { give_back(memory); }, CachedAllocation<std::byte>()};
}

std::byte* CachingAllocator::take(std::size_t bytes) {
  constexpr const char* out_of_memory = "out of memory: {} MB were asked for; use a smaller batch or shorter texts";
  require(bytes <= largest_request, out_of_memory, bytes >> 20);
  const std::size_t size = round_up(std::max(bytes, std::size_t{1}), alignment) + sizeof(Block);
  const std::lock_guard lock(mutex_);
  Block* block = keep_blocks ? find(size) : nullptr;
  if (block == nullptr) block = new_segment(size);
  require(block != nullptr, out_of_memory, bytes >> 20);
  if (keep_blocks) split(block, size);
  block->is_free = false;
  statistics_.live += block->capacity();
  statistics_.peak = std::max(statistics_.peak, statistics_.live);
  return block->memory();
}

void CachingAllocator::give_back(std::byte* memory) {
  Block* const block = Block::of(memory);
  const std::lock_guard lock(mutex_);
  statistics_.live -= block->capacity();
  if (!keep_blocks) return std::free(block);
  insert(join_neighbours(block));
}

// Sizes in units of the alignment: one bin each up to 16, then eight steps per power of two.
std::size_t CachingAllocator::bin_of(std::size_t size) {
  const std::size_t units = size / alignment;
  if (units < 2 * steps_per_octave) return units;
  const auto octave = static_cast<std::size_t>(std::bit_width(units)) - 4;  // 1, 2, …
  return (octave + 1) * steps_per_octave + ((units >> octave) & (steps_per_octave - 1));
}

// The bin of `size` itself may hold smaller blocks as well; in those after it everything fits.
CachingAllocator::Block* CachingAllocator::find(std::size_t size) {
  constexpr int tries = 16;
  const std::size_t own = bin_of(size);
  if (own >= bins) return nullptr;
  Block* block = free_[own];
  for (int i = 0; i < tries && block != nullptr && block->size < size; ++i) block = block->next;
  if (block == nullptr || block->size < size) {
    block = nullptr;
    for (std::size_t bin = own + 1; bin < bins && block == nullptr; bin = (bin / 64 + 1) * 64) {
      const std::uint64_t above = occupied_[bin / 64] >> (bin % 64);
      if (above != 0) block = free_[bin + static_cast<std::size_t>(std::countr_zero(above))];
    }
  }
  if (block != nullptr) remove(block);
  return block;
}

CachingAllocator::Block* CachingAllocator::new_segment(std::size_t size) {
  const std::size_t page = keep_blocks ? huge_page : alignment;
  const std::size_t bytes = keep_blocks ? std::max(round_up(size, page), smallest_segment) : size;
  void* memory = std::aligned_alloc(page, bytes);
  if (memory == nullptr) {
    release_free_segments();
    memory = std::aligned_alloc(page, bytes);
  }
  if (memory == nullptr) return nullptr;
  if (keep_blocks) ask_for_huge_pages(memory, bytes);
  Block* const block = new (memory)
      Block{.size = bytes, .before = nullptr, .is_free = true, .is_last = true, .next = nullptr, .previous = nullptr};
  if (keep_blocks) segments_.push_back(block);
  ++statistics_.system_allocations;
  return block;
}

void CachingAllocator::insert(Block* block) {
  const std::size_t bin = bin_of(block->size);
  block->is_free = true;
  block->previous = nullptr;
  block->next = free_[bin];
  if (block->next != nullptr) block->next->previous = block;
  free_[bin] = block;
  occupied_[bin / 64] |= std::uint64_t{1} << (bin % 64);
  statistics_.cached += block->capacity();
}

void CachingAllocator::remove(Block* block) {
  const std::size_t bin = bin_of(block->size);
  if (block->next != nullptr) block->next->previous = block->previous;
  (block->previous != nullptr ? block->previous->next : free_[bin]) = block->next;
  if (free_[bin] == nullptr) occupied_[bin / 64] &= ~(std::uint64_t{1} << (bin % 64));
  statistics_.cached -= block->capacity();
}

// Cuts off what a block of `size` does not need, if that makes a block.
void CachingAllocator::split(Block* block, std::size_t size) {
  const std::size_t rest = block->size - size;
  if (rest < sizeof(Block) + alignment) return;
  auto* const cut = new (reinterpret_cast<std::byte*>(block) + size) Block{
      .size = rest, .before = block, .is_free = true, .is_last = block->is_last, .next = nullptr, .previous = nullptr};
  if (Block* const after = cut->after()) after->before = cut;
  block->size = size;
  block->is_last = false;
  insert(cut);
}

CachingAllocator::Block* CachingAllocator::join_neighbours(Block* block) {
  const auto absorb = [](Block* left, Block* right) {
    left->size += right->size;
    left->is_last = right->is_last;
    if (Block* const after = left->after()) after->before = left;
  };
  if (Block* const after = block->after(); after != nullptr && after->is_free) {
    remove(after);
    absorb(block, after);
  }
  if (Block* const before = block->before; before != nullptr && before->is_free) {
    remove(before);
    absorb(before, block);
    return before;
  }
  return block;
}

CachingAllocator::Statistics CachingAllocator::statistics() const {
  const std::lock_guard lock(mutex_);
  return statistics_;
}

void CachingAllocator::release_cached() {
  const std::lock_guard lock(mutex_);
  release_free_segments();
}

void CachingAllocator::release_free_segments() {
  std::erase_if(segments_, [this](Block* first) {
    if (!first->is_free || !first->is_last) return false;
    remove(first);
    std::free(first);
    return true;
  });
}

}  // namespace mini_bert
