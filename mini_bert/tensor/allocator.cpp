#include "mini_bert/tensor/allocator.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <limits>
#include <new>
#include <utility>
#include <vector>

#if defined(__linux__)
#include <sys/mman.h>
#include <unistd.h>
#endif

#include "mini_bert/base/error.h"
#include "mini_bert/base/file_error.h"

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
// Rounding up a larger size would overflow to a small number.
constexpr std::size_t largest_request = std::numeric_limits<std::size_t>::max() / 4;

// The gap between blocks. Without this gap, tensors whose size is a power of two share page offsets, and loads stall on
// unrelated stores (4K aliasing).
constexpr std::size_t gap = CachingAllocator::alignment;

[[noreturn]] void fail_for_want_of(std::size_t bytes) {
  throw OutOfMemoryError(
      fmt::format("out of memory: {} were asked for; use a smaller batch or shorter texts", format_bytes(bytes)));
}

constexpr std::size_t round_up(std::size_t n, std::size_t to) {
  return (n + to - 1) / to * to;
}

void ask_for_huge_pages([[maybe_unused]] void* memory, [[maybe_unused]] std::size_t size) {
#if defined(__linux__)
  madvise(memory, size, MADV_HUGEPAGE);  // a hint: if the system ignores it, everything works, but slower
#endif
}

}  // namespace

CachingAllocator& CachingAllocator::instance() {
  static CachingAllocator& allocator = *new CachingAllocator;  // outlives every static tensor
  return allocator;
}

std::shared_ptr<std::byte> CachingAllocator::allocate(std::size_t bytes) {
  Block* const block = take_block(bytes);
  return {block->memory, [this, block](std::byte*) { give_back_block(block); }, CachedAllocation<std::byte>()};
}

// A pointer to the block's description lies directly before the returned memory.
std::byte* CachingAllocator::take(std::size_t bytes) {
  if (bytes > largest_request) fail_for_want_of(bytes);
  Block* const block = take_block(bytes + alignment);
  new (block->memory) Block*(block);
  return block->memory + alignment;
}

void CachingAllocator::give_back(std::byte* memory) {
  give_back_block(*std::launder(reinterpret_cast<Block**>(memory - alignment)));
}

CachingAllocator::Block* CachingAllocator::take_block(std::size_t bytes) {
  if (bytes > largest_request) fail_for_want_of(bytes);
  const std::size_t size = round_up(std::max(bytes, std::size_t{1}), alignment) + gap;
  const std::lock_guard lock(mutex_);
  Block* block = keep_blocks ? find(size) : nullptr;
  if (block == nullptr) block = new_segment(size);
  if (block == nullptr) fail_for_want_of(bytes);
  if (keep_blocks) {
    split(block, size);
    note_reached(*block);
  }
  block->is_free = false;
  statistics_.live += block->size - gap;
  statistics_.peak = std::max(statistics_.peak, statistics_.live);
  return block;
}

void CachingAllocator::give_back_block(Block* block) {
  const std::lock_guard lock(mutex_);
  statistics_.live -= block->size - gap;
  if (keep_blocks) return insert(join_neighbours(block));
  std::free(block->memory);
  forget(block);
}

CachingAllocator::Block* CachingAllocator::describe(std::byte* memory, std::size_t size, Segment* segment,
                                                    Block* before, Block* after) {
  if (spare_ == nullptr) spare_ = &blocks_.emplace_back();
  Block* const block = std::exchange(spare_, spare_->next);
  *block = {.memory = memory,
            .size = size,
            .segment = segment,
            .before = before,
            .after = after,
            .is_free = true,
            .next = nullptr,
            .previous = nullptr};
  return block;
}

void CachingAllocator::note_reached(const Block& block) {
  Segment& segment = *block.segment;
  const auto end = static_cast<std::size_t>(block.memory + block.size - segment.memory);
  if (end <= segment.reached) return;
  const std::size_t reached = round_up(end, huge_page);
  statistics_.reached += reached - segment.reached;
  segment.reached = reached;
}

void CachingAllocator::forget(Block* block) {
  block->next = spare_;
  spare_ = block;
}

// The bin of a size, in units of the alignment: one bin each up to 16 units, then eight bins per power of two.
std::size_t CachingAllocator::bin_of(std::size_t size) {
  const std::size_t units = size / alignment;
  if (units < 2 * steps_per_octave) return units;
  const auto octave = static_cast<std::size_t>(std::bit_width(units)) - 4;  // 1, 2, …
  return (octave + 1) * steps_per_octave + ((units >> octave) & (steps_per_octave - 1));
}

// The bin of `size` itself may hold blocks that are too small; every block of the bins after it is large enough.
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
  auto* const begin = static_cast<std::byte*>(memory);
  Segment* const segment = keep_blocks ? &segments_.emplace_back(Segment{nullptr, begin}) : nullptr;
  Block* const block = describe(begin, bytes, segment, nullptr, nullptr);
  if (keep_blocks) segment->first = block;
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
  statistics_.cached += block->size - gap;
}

void CachingAllocator::remove(Block* block) {
  const std::size_t bin = bin_of(block->size);
  if (block->next != nullptr) block->next->previous = block->previous;
  (block->previous != nullptr ? block->previous->next : free_[bin]) = block->next;
  if (free_[bin] == nullptr) occupied_[bin / 64] &= ~(std::uint64_t{1} << (bin % 64));
  statistics_.cached -= block->size - gap;
}

// Makes a block of `size` bytes of this block. The rest becomes a block too if it is large enough.
void CachingAllocator::split(Block* block, std::size_t size) {
  const std::size_t rest = block->size - size;
  if (rest < alignment + gap) return;
  Block* const cut = describe(block->memory + size, rest, block->segment, block, block->after);
  if (cut->after != nullptr) cut->after->before = cut;
  block->size = size;
  block->after = cut;
  insert(cut);
}

// Joins this block with its right neighbour.
void CachingAllocator::absorb_next(Block* block) {
  Block* const right = block->after;
  block->size += right->size;
  block->after = right->after;
  if (block->after != nullptr) block->after->before = block;
  forget(right);
}

CachingAllocator::Block* CachingAllocator::join_neighbours(Block* block) {
  if (block->after != nullptr && block->after->is_free) {
    remove(block->after);
    absorb_next(block);
  }
  if (Block* const before = block->before; before != nullptr && before->is_free) {
    remove(before);
    absorb_next(before);
    return before;
  }
  return block;
}

CachingAllocator::Statistics CachingAllocator::statistics() const {
  const std::lock_guard lock(mutex_);
  return statistics_;
}

std::size_t CachingAllocator::resident() const {
  std::size_t pages = 0;
#if defined(__linux__)
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const std::lock_guard lock(mutex_);
  for (const Segment& segment : segments_) {
    std::vector<unsigned char> is_resident(segment.reached / page);
    if (mincore(segment.memory, segment.reached, is_resident.data()) != 0) continue;
    pages +=
        static_cast<std::size_t>(std::ranges::count_if(is_resident, [](unsigned char flags) { return flags & 1; }));
  }
  return pages * page;
#else
  return pages;
#endif
}

void CachingAllocator::release_cached() {
  const std::lock_guard lock(mutex_);
  release_free_segments();
}

void CachingAllocator::release_free_segments() {
  std::erase_if(segments_, [this](const Segment& segment) {
    Block* const first = segment.first;
    if (!first->is_free || first->after != nullptr) return false;
    remove(first);
    statistics_.reached -= segment.reached;
    std::free(first->memory);
    forget(first);
    return true;
  });
}

}  // namespace mini_bert
