#include "mini_bert/tensor/allocator.h"

#include <cstdint>
#include <cstring>
#include <limits>
#include <thread>

#include "mini_bert/base/error.h"
#include "mini_bert/tensor/random.h"
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

TEST_CASE("memory is aligned and counted", "[allocator]") {
  auto& allocator = CachingAllocator::instance();
  for (const std::size_t bytes : {0, 1, 63, 64, 65, 1000, 4097, 1'000'003}) {
    const auto before = allocator.statistics();
    std::byte* const memory = allocator.take(bytes);
    std::memset(memory, 0xab, bytes);
    const auto during = allocator.statistics();
    CHECK(reinterpret_cast<std::uintptr_t>(memory) % CachingAllocator::alignment == 0);
    CHECK(during.live >= before.live + bytes);
    CHECK(during.live <= before.live + bytes + 2 * CachingAllocator::alignment);
    CHECK(during.peak >= during.live);
    allocator.give_back(memory);
    CHECK(allocator.statistics().live == before.live);
    CHECK(allocator.statistics().peak == during.peak);
  }
}

TEST_CASE("the last owner of memory gives it back", "[allocator]") {
  auto& allocator = CachingAllocator::instance();
  const std::size_t live = allocator.statistics().live;
  auto memory = allocator.allocate(5000);
  auto owner = memory;
  memory.reset();
  CHECK(allocator.statistics().live >= live + 5000);
  owner.reset();
  CHECK(allocator.statistics().live == live);
}

#if KEEPS_BLOCKS
TEST_CASE("what is given back is handed out again", "[allocator]") {
  auto& allocator = CachingAllocator::instance();
  std::byte* const memory = allocator.take(100'000);
  allocator.give_back(memory);
  const std::size_t from_system = allocator.statistics().system_allocations;
  CHECK(allocator.statistics().cached >= 100'000);
  std::byte* const again = allocator.take(100'000);
  CHECK(again == memory);
  CHECK(allocator.statistics().system_allocations == from_system);
  allocator.give_back(again);
}

TEST_CASE("free neighbours become one block, in whatever order they come back", "[allocator]") {
  auto& allocator = CachingAllocator::instance();
  constexpr std::size_t megabyte = 1 << 20;
  for (const auto& order : {std::array{0, 1, 2}, {2, 1, 0}, {0, 2, 1}, {1, 0, 2}}) {
    std::array<std::byte*, 3> parts;
    for (std::byte*& part : parts) part = allocator.take(3 * megabyte);
    const std::size_t from_system = allocator.statistics().system_allocations;
    for (const int i : order) allocator.give_back(parts[i]);
    std::byte* const whole = allocator.take(9 * megabyte);
    CHECK(allocator.statistics().system_allocations == from_system);
    allocator.give_back(whole);
  }
}

TEST_CASE("segments that are wholly free go back to the system", "[allocator]") {
  auto& allocator = CachingAllocator::instance();
  allocator.release_cached();
  const auto before = allocator.statistics();
  std::byte* const large = allocator.take(std::size_t{100} << 20);
  CHECK(allocator.statistics().system_allocations == before.system_allocations + 1);
  allocator.give_back(large);
  CHECK(allocator.statistics().cached >= before.cached + (std::size_t{100} << 20));
  allocator.release_cached();
  CHECK(allocator.statistics().cached == before.cached);
}

TEST_CASE("running out of memory leaves the statistics as they were", "[allocator]") {
  auto& allocator = CachingAllocator::instance();
  const auto before = allocator.statistics();
  CHECK_THROWS_WITH(allocator.take(std::size_t{PTRDIFF_MAX} + 1),
                    ContainsSubstring("out of memory: ") && ContainsSubstring(" GB were asked for"));
  const auto after = allocator.statistics();
  CHECK(after.live == before.live);
  CHECK(after.peak == before.peak);
  CHECK(after.system_allocations == before.system_allocations);
}

TEST_CASE("blocks that are live never overlap, and all memory comes back", "[allocator]") {
  auto& allocator = CachingAllocator::instance();
  const std::size_t live = allocator.statistics().live;
  struct Held {
    std::byte* memory;
    std::size_t bytes;
    std::byte mark;
  };
  std::vector<Held> held;
  RandomSequence random({.seed = 7});
  int overwritten = 0;
  const auto give_back = [&](std::size_t i) {
    for (std::size_t b = 0; b < held[i].bytes; b += 61) overwritten += held[i].memory[b] != held[i].mark;
    overwritten += held[i].bytes > 0 && held[i].memory[held[i].bytes - 1] != held[i].mark;
    allocator.give_back(held[i].memory);
    held[i] = held.back();
    held.pop_back();
  };
  for (int i = 0; i < 20'000; ++i) {
    if (held.size() > 60 || (!held.empty() && random.uniform() < 0.4f)) {
      give_back(random.below(static_cast<std::uint32_t>(held.size())));
      continue;
    }
    const std::size_t bytes = random.below(std::uint32_t{1} << random.below(22));
    held.push_back({allocator.take(bytes), bytes, static_cast<std::byte>(i)});
    std::memset(held.back().memory, i & 0xff, bytes);
  }
  while (!held.empty()) give_back(held.size() - 1);
  CHECK(overwritten == 0);
  CHECK(allocator.statistics().live == live);
}
#endif

TEST_CASE("a request beyond all memory is refused", "[allocator]") {
  auto& allocator = CachingAllocator::instance();
  constexpr std::size_t largest = std::numeric_limits<std::size_t>::max();
  for (const std::size_t bytes : {largest, largest - 1, largest / 2 + 1}) {
    CHECK_THROWS_WITH(allocator.take(bytes), ContainsSubstring("out of memory"));
  }
}

TEST_CASE("many threads may allocate at once", "[allocator][threads]") {
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
