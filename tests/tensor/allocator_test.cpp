#include "tensor/allocator.h"

#include <cstdint>
#include <cstring>
#include <limits>
#include <thread>

#include "tensor/error.h"
#include "tests/catch.h"

// Under AddressSanitizer the allocator keeps nothing, so there is nothing to reuse.
#if defined(__SANITIZE_ADDRESS__)
#define KEEPS_BLOCKS 0
#elif defined(__has_feature)
#define KEEPS_BLOCKS !__has_feature(address_sanitizer)
#else
#define KEEPS_BLOCKS 1
#endif

namespace mini_bert {
namespace {

TEST_CASE("a size class holds the request, is aligned and wastes at most an eighth", "[allocator]") {
  std::size_t last = 0, too_small = 0, unaligned = 0, wasteful = 0, descending = 0;
  for (std::size_t bytes = 1; bytes < 2'000'000; bytes += bytes < 5000 ? 1 : 61) {
    const std::size_t size = CachingAllocator::size_class(bytes);
    too_small += size < bytes;
    unaligned += size % CachingAllocator::alignment != 0;
    descending += size < last;
    // Below eight cache lines the alignment decides: less than one line is wasted.
    wasteful += bytes > 512 ? (size - bytes) * 8 > size : size - bytes >= 64;
    last = size;
  }
  CHECK(too_small == 0);
  CHECK(unaligned == 0);
  CHECK(wasteful == 0);
  CHECK(descending == 0);
}

TEST_CASE("size classes are eight steps per power of two", "[allocator]") {
  CHECK(CachingAllocator::size_class(0) == 64);
  CHECK(CachingAllocator::size_class(64) == 64);
  CHECK(CachingAllocator::size_class(65) == 128);
  CHECK(CachingAllocator::size_class(1024) == 1024);
  CHECK(CachingAllocator::size_class(1025) == 1152);
  CHECK(CachingAllocator::size_class(1 << 20) == 1 << 20);
  CHECK(CachingAllocator::size_class((1 << 20) + 1) == (1 << 20) + (1 << 17));
}

TEST_CASE("memory is aligned and counted", "[allocator]") {
  auto& allocator = CachingAllocator::instance();
  for (const std::size_t bytes : {0, 1, 63, 64, 65, 1000, 4097, 1'000'003}) {
    const auto before = allocator.statistics();
    auto memory = allocator.allocate(bytes);
    std::memset(memory.get(), 0xab, bytes);
    const auto during = allocator.statistics();
    CHECK(reinterpret_cast<std::uintptr_t>(memory.get()) % CachingAllocator::alignment == 0);
    CHECK(during.live == before.live + CachingAllocator::size_class(bytes));
    CHECK(during.peak >= during.live);
    memory.reset();
    CHECK(allocator.statistics().live == before.live);
    CHECK(allocator.statistics().peak == during.peak);
  }
}

#if KEEPS_BLOCKS
TEST_CASE("what is given back is handed out again", "[allocator]") {
  auto& allocator = CachingAllocator::instance();
  allocator.release_cached();
  CHECK(allocator.statistics().cached == 0);
  auto memory = allocator.allocate(100'000);
  const std::byte* const address = memory.get();
  memory.reset();
  const auto kept = allocator.statistics();
  CHECK(kept.cached == CachingAllocator::size_class(100'000));

  memory = allocator.allocate(100'001);  // the same size class
  CHECK(memory.get() == address);
  CHECK(allocator.statistics().system_allocations == kept.system_allocations);
  CHECK(allocator.statistics().cached == 0);

  memory = allocator.allocate(50'000);  // another
  CHECK(allocator.statistics().system_allocations == kept.system_allocations + 1);
  memory.reset();
  allocator.release_cached();
  CHECK(allocator.statistics().cached == 0);
}

TEST_CASE("running out of memory leaves the statistics as they were", "[allocator]") {
  auto& allocator = CachingAllocator::instance();
  const auto before = allocator.statistics();
  CHECK_THROWS_WITH(allocator.allocate(std::size_t{1} << 60), ContainsSubstring("out of memory"));
  const auto after = allocator.statistics();
  CHECK(after.live == before.live);
  CHECK(after.peak == before.peak);
  CHECK(after.system_allocations == before.system_allocations);
}
#endif

TEST_CASE("a request that no size class can hold is refused", "[allocator]") {
  auto& allocator = CachingAllocator::instance();
  constexpr std::size_t largest = std::numeric_limits<std::size_t>::max();
  for (const std::size_t bytes : {largest, largest - 1, largest / 2 + 1}) {
    CHECK_THROWS_WITH(allocator.allocate(bytes), ContainsSubstring("out of memory"));
  }
}

TEST_CASE("many threads may allocate at once", "[allocator]") {
  auto& allocator = CachingAllocator::instance();
  const std::size_t live = allocator.statistics().live;
  std::array<int, 8> overwritten{};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      std::vector<std::shared_ptr<std::byte>> held;
      for (int i = 0; i < 500; ++i) {
        const std::size_t bytes = 1 + (i * 7919 + t * 104'729) % 5000;
        held.push_back(allocator.allocate(bytes));
        std::memset(held.back().get(), t, bytes);
        if (held.size() == 10) {
          for (const auto& memory : held) overwritten[t] += memory.get()[0] != std::byte(t);
          held.clear();
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(overwritten == std::array<int, 8>{});
  CHECK(allocator.statistics().live == live);
}

}  // namespace
}  // namespace mini_bert
