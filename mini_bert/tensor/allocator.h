#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

namespace mini_bert {

// Hands out 64-byte aligned memory from large segments and keeps what is returned: a training step asks for about the
// same memory as the step before it, so after the first steps nothing comes from the system. Free neighbours are
// joined, so batches of any lengths share one set of segments. Segments begin at huge-page boundaries and ask for huge
// pages: with 4 KB pages a step of BERT base spends a large part of its time in page faults and TLB misses. What is
// known about a piece of memory is kept apart from it, so pages that nobody writes to cost nothing: a model whose
// weights stay in their mapped file never fetches the memory it has for them.
//
// A request takes the first block that fits of the smallest size class that has one (Masmano et al. 2004, "TLSF: a new
// dynamic memory allocator for real-time systems", ECRTS), in constant time. Thread-safe. Built with AddressSanitizer
// every request goes to the system, so that a use after free is seen.
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

  // The same without an owner: what take() returns must be given back.
  std::byte* take(std::size_t bytes);
  void give_back(std::byte* memory);

  Statistics statistics() const;
  void release_cached();  // returns segments that are wholly free to the system

 private:
  // A piece of a segment. Neighbours in memory are linked by before and after, free ones of a bin, and spare
  // descriptions, by next and previous.
  struct Block {
    std::byte* memory;
    std::size_t size;
    Block* before;  // null for the first of a segment
    Block* after;   // null for the last
    bool is_free;
    Block* next;
    Block* previous;
  };

  static constexpr std::size_t steps_per_octave = 8, bins = 320;
  static std::size_t bin_of(std::size_t size);

  Block* take_block(std::size_t bytes);
  void give_back_block(Block* block);
  Block* find(std::size_t size);  // null when no free block is large enough
  Block* new_segment(std::size_t size);
  Block* describe(std::byte* memory, std::size_t size, Block* before, Block* after);  // a free block
  void forget(Block* block);
  void insert(Block* block);
  void remove(Block* block);
  void split(Block* block, std::size_t size);
  void absorb_next(Block* block);
  Block* join_neighbours(Block* block);
  void release_free_segments();

  mutable std::mutex mutex_;
  std::array<Block*, bins> free_{};
  std::array<std::uint64_t, bins / 64> occupied_{};  // a bit for each bin that is not empty
  std::vector<Block*> segments_;                     // the first block of each
  std::deque<Block> blocks_;                         // all there ever were
  Block* spare_ = nullptr;                           // those that describe nothing now
  Statistics statistics_;
};

// The allocator as the standard library's containers and shared pointers take it: for small objects that come and go
// with every operation.
template <class Element>
struct CachedAllocation {
  using value_type = Element;

  CachedAllocation() = default;
  template <class U>
  CachedAllocation(const CachedAllocation<U>&) {}

  Element* allocate(std::size_t count) {
    return reinterpret_cast<Element*>(CachingAllocator::instance().take(count * sizeof(Element)));
  }
  void deallocate(Element* memory, std::size_t) {
    CachingAllocator::instance().give_back(reinterpret_cast<std::byte*>(memory));
  }

  friend bool operator==(const CachedAllocation&, const CachedAllocation&) { return true; }
};

}  // namespace mini_bert
