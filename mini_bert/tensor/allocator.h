#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <mutex>

#include "mini_bert/base/error.h"

namespace mini_bert {

// The system has no memory left for a tensor.
class OutOfMemoryError : public Error {
 public:
  using Error::Error;
};

// Hands out 64-byte aligned memory from large segments and keeps the memory that is returned. A training step asks for
// about the same memory as the step before it, so nothing is requested from the system after the first steps. Free
// neighbours are joined, so that batches of different lengths share one set of segments. Segments begin at huge-page
// boundaries and ask for huge pages: with 4 KB pages, a step of BERT base spends a large part of its time in page
// faults and TLB misses. The descriptions of blocks are stored outside the blocks, so a page that nobody writes to
// never becomes resident: a model whose weights stay in their mapped file pays nothing for the memory reserved for
// them.
//
// A request finds its block in constant time: it takes the first block that fits in the smallest size class that has
// one (Masmano et al. 2004, "TLSF: a new dynamic memory allocator for real-time systems", ECRTS). Thread-safe. In
// builds with AddressSanitizer every request goes to the system, so that the sanitizer sees a use after free.
class CachingAllocator {
 public:
  struct Statistics {
    std::size_t live = 0;    // bytes in use now
    std::size_t peak = 0;    // most bytes in use at once so far
    std::size_t cached = 0;  // bytes kept for reuse
    std::size_t system_allocations = 0;
    // Bytes of the segments up to the last one that was ever handed out, in whole huge pages. Only these can be
    // resident: the system gives a segment its pages when they are first written to.
    std::size_t reached = 0;
  };

  static constexpr std::size_t alignment = 64;

  static CachingAllocator& instance();

  // The memory is not initialised. OutOfMemoryError when the system has no memory left.
  std::shared_ptr<std::byte> allocate(std::size_t bytes);

  // The same without an owner: the caller must return the memory with give_back().
  std::byte* take(std::size_t bytes);
  void give_back(std::byte* memory);

  Statistics statistics() const;
  // Bytes of the segments that are resident now, at most `reached`; 0 where the system does not tell.
  std::size_t resident() const;
  void release_cached();  // returns entirely free segments to the system

 private:
  struct Block;
  struct Segment {
    Block* first;
    std::byte* memory;
    std::size_t reached = 0;  // as in Statistics
  };

  // Describes a piece of a segment. `before` and `after` link neighbours in memory. `next` and `previous` link the free
  // blocks of a bin, or the descriptions that are not in use.
  struct Block {
    std::byte* memory;
    std::size_t size;
    Segment* segment;  // null where nothing is kept
    Block* before;     // null for the first of a segment
    Block* after;      // null for the last
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
  // A free block.
  Block* describe(std::byte* memory, std::size_t size, Segment* segment, Block* before, Block* after);
  void note_reached(const Block& block);
  void forget(Block* block);
  void insert(Block* block);
  void remove(Block* block);
  void split(Block* block, std::size_t size);
  void absorb_next(Block* block);
  Block* join_neighbours(Block* block);
  void release_free_segments();

  mutable std::mutex mutex_;
  std::array<Block*, bins> free_{};
  std::array<std::uint64_t, bins / 64> occupied_{};  // one bit per bin: not empty
  std::list<Segment> segments_;
  std::deque<Block> blocks_;  // all descriptions ever made
  Block* spare_ = nullptr;    // list of unused descriptions
  Statistics statistics_;
};

// Adapts the allocator to the standard library's containers and shared pointers, for small objects that every operation
// creates and destroys.
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
