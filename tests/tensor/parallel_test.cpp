#include "mini_bert/tensor/parallel.h"

#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/catch.h"

namespace mini_bert {
namespace {

// A web page without shared memory has one thread, whatever is asked for.
#if defined(__EMSCRIPTEN__) && !defined(__EMSCRIPTEN_PTHREADS__)
constexpr bool has_threads = false;
#else
constexpr bool has_threads = true;
#endif

// Sets a number of threads and puts the old one back.
class Threads {
 public:
  explicit Threads(int count) : before_(num_threads()) { set_num_threads(count); }
  ~Threads() { set_num_threads(before_); }

 private:
  int before_;
};

TEST_CASE("every index is visited once, whatever the threads and the grain", "[parallel]") {
  for (const int threads : {1, 2, 3, 8}) {
    const Threads scope(threads);
    CHECK(num_threads() == (has_threads ? threads : 1));
    for (const Index n : {0, 1, 2, 7, 64, 1000}) {
      for (const Index grain : {1, 3, 64, 5000}) {
        for (const Sharing sharing : {Sharing::even, Sharing::free}) {
          std::vector<std::atomic<int>> visits(static_cast<std::size_t>(n));
          parallel_for(
              n, grain, [&](Index i) { ++visits.at(static_cast<std::size_t>(i)); }, sharing);
          int wrong = 0;
          for (const auto& count : visits) wrong += count != 1;
          CAPTURE(threads, n, grain, sharing);
          CHECK(wrong == 0);
        }
      }
    }
  }
}

TEST_CASE("chunks are consecutive, full and the same with any number of threads", "[parallel]") {
  for (const int threads : {1, 2, 3, 8}) {
    const Threads scope(threads);
    std::vector<Index> end_of(10, -1);  // by the chunk's number
    parallel_for_chunks(95, 10, [&](Index begin, Index end) { end_of.at(begin / 10) = begin % 10 == 0 ? end : -2; });
    CHECK(end_of == std::vector<Index>{10, 20, 30, 40, 50, 60, 70, 80, 90, 95});
  }
}

TEST_CASE("a thread that is held up holds up no other when chunks go to whoever is free", "[parallel][threads]") {
  const Threads scope(2);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  std::atomic<int> others = 0;
  const auto first_waits_for_all_others = [&](Index i) {
    if (i != 0) ++others;
    while (i == 0 && others < 99 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  };
  parallel_for(100, 1, first_waits_for_all_others, Sharing::free);
  CHECK(std::chrono::steady_clock::now() < deadline);
}

TEST_CASE("a loop runs on as many threads as it may", "[parallel][threads]") {
  for (const int threads : {2, 3, 8, 2}) {
    const Threads scope(threads);
    std::mutex mutex;
    std::set<std::thread::id> ids;
    parallel_for(threads, 1, [&](Index) {
      const std::lock_guard lock(mutex);
      ids.insert(std::this_thread::get_id());
    });
    CHECK(std::ssize(ids) == threads);
  }
}

TEST_CASE("several threads begin loops at the same time", "[parallel][threads]") {
  const Threads scope(2);
  std::atomic<Index> sum = 0;
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 3; ++caller) {
    callers.emplace_back([&] {
      for (int loop = 0; loop < 200; ++loop) parallel_for(10, 1, [&](Index i) { sum += i; });
    });
  }
  for (std::thread& caller : callers) caller.join();
  CHECK(sum == 3 * 200 * 45);
}

TEST_CASE("an exception reaches the caller and leaves the threads usable", "[parallel]") {
  for (const int threads : {1, 2, 3, 8}) {
    const Threads scope(threads);
    const auto one_fails = [](Index i) {
      if (i == 37) fail("index {} is bad", i);
    };
    CHECK_THROWS_WITH(parallel_for(100, 1, one_fails), ContainsSubstring("index 37 is bad"));
    CHECK_THROWS_WITH(parallel_for(100, 1, one_fails, Sharing::free), ContainsSubstring("index 37 is bad"));
    const auto all_fail = [](Index) { throw std::out_of_range("everything is bad"); };
    CHECK_THROWS_AS(parallel_for(100, 1, all_fail), std::out_of_range);
    std::atomic<Index> sum = 0;
    parallel_for(100, 1, [&](Index i) { sum += i; });
    CHECK(sum == 4950);
  }
}

TEST_CASE("a loop inside a loop runs", "[parallel]") {
  for (const int threads : {1, 2, 3, 8}) {
    const Threads scope(threads);
    std::vector<std::atomic<int>> visits(20 * 30);
    parallel_for(20, 1, [&](Index i) { parallel_for(30, 4, [&](Index j) { ++visits[i * 30 + j]; }); });
    int wrong = 0;
    for (const auto& count : visits) wrong += count != 1;
    CHECK(wrong == 0);
    CHECK_THROWS_AS(parallel_for(4, 1, [](Index) { parallel_for(4, 1, [](Index) { fail("inside"); }); }), Error);
  }
}

TEST_CASE("a number of threads below 1 is refused", "[parallel]") {
  const int before = num_threads();
  CHECK_THROWS_WITH(set_num_threads(0), ContainsSubstring("at least 1, got 0"));
  CHECK_THROWS_AS(set_num_threads(-4), Error);
  CHECK(num_threads() == before);
}

}  // namespace
}  // namespace mini_bert
