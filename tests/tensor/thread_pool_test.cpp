#include "mini_bert/tensor/thread_pool.h"

#include <chrono>
#include <memory>
#include <set>

#include "tests/catch.h"

// A web page without shared memory has no threads, and a pool there is its caller alone.
namespace mini_bert {
namespace {

TEST_CASE("a job runs once for every thread of the pool, each time on another thread", "[parallel]") {
  for (const int threads : {1, 2, 3, 8}) {
    ThreadPool pool(threads);
    CAPTURE(threads, pool.size());
#if !defined(__EMSCRIPTEN__) || defined(__EMSCRIPTEN_PTHREADS__)
    CHECK(pool.size() == threads);
#endif
    const auto size = static_cast<std::size_t>(pool.size());
    std::vector<std::thread::id> ids(size);
    std::vector<int> calls(size);
    pool.run([&](int i) {
      ids.at(static_cast<std::size_t>(i)) = std::this_thread::get_id();
      ++calls.at(static_cast<std::size_t>(i));
    });
    CHECK(calls == std::vector<int>(size, 1));
    CHECK(std::set(ids.begin(), ids.end()).size() == size);
    CHECK(ids[0] == std::this_thread::get_id());
  }
}

TEST_CASE("what a job wrote is there when run() returns, and no job is missed", "[parallel]") {
  ThreadPool pool(3);
  std::vector<long> sums(static_cast<std::size_t>(pool.size()));  // not atomic: run() is what orders the accesses
  const int jobs = 5000;
  for (int job = 1; job <= jobs; ++job) {
    pool.run([&](int i) { sums[static_cast<std::size_t>(i)] += job; });
    // Long enough now and then for every thread to go to sleep.
    if (job % 1000 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  CHECK(sums == std::vector<long>(sums.size(), jobs * (jobs + 1L) / 2));
}

TEST_CASE("a pool ends that has never had a job, or has just had one", "[parallel]") {
  for (int i = 0; i < 50; ++i) {
    const auto idle = std::make_unique<ThreadPool>(2), busy = std::make_unique<ThreadPool>(3);
    std::atomic<int> calls = 0;
    busy->run([&](int) { ++calls; });
    CHECK(calls == busy->size());
  }
}

}  // namespace
}  // namespace mini_bert
