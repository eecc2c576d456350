#include "mini_bert/tensor/parallel.h"

#include "mini_bert/tensor/rehearsal.h"

// A web page without shared memory has no threads.
#if defined(_OPENMP)
#include <omp.h>
#elif !defined(__EMSCRIPTEN__) || defined(__EMSCRIPTEN_PTHREADS__)
#define MINI_BERT_THREAD_POOL
#include "mini_bert/tensor/thread_pool.h"
#if defined(__linux__)
#include <sched.h>
#endif
#endif

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <exception>
#include <memory>
#include <mutex>

namespace mini_bert {
namespace {

void run_in_order(Index n, Index grain, const void* body, void (*run)(const void*, Index, Index)) {
  for (Index begin = 0; begin < n; begin += grain) run(body, begin, std::min(begin + grain, n));
}

// The first exception of several threads.
class FirstError {
 public:
  template <class Body>
  void keep_of(const Body& body) {
    try {
      body();
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!error_) error_ = std::current_exception();
    }
  }
  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  std::mutex mutex_;
  std::exception_ptr error_;
};

}  // namespace

#if defined(_OPENMP)

int num_threads() {
  return omp_get_max_threads();
}

void set_num_threads(int count) {
  require(count >= 1, "threads must be at least 1, got {}", count);
  omp_set_num_threads(count);
}

void detail::parallel_chunks(Index n, Index grain, Sharing sharing, const void* body,
                             void (*run)(const void*, Index, Index)) {
  if (Rehearsal::is_running()) return;
  const Index chunks = (n + grain - 1) / grain;
  if (chunks <= 1 || num_threads() == 1 || omp_in_parallel()) return run_in_order(n, grain, body, run);
  FirstError error;
  const auto run_chunk = [&](Index chunk) {
    error.keep_of([&] { run(body, chunk * grain, std::min((chunk + 1) * grain, n)); });
  };
  if (sharing == Sharing::even) {
#pragma omp parallel for schedule(static)
    for (Index chunk = 0; chunk < chunks; ++chunk) run_chunk(chunk);
  } else {
#pragma omp parallel for schedule(dynamic)
    for (Index chunk = 0; chunk < chunks; ++chunk) run_chunk(chunk);
  }
  error.rethrow();
}

#elif defined(MINI_BERT_THREAD_POOL)

namespace {

int default_threads() {
  if (const char* const wanted = std::getenv("OMP_NUM_THREADS")) {
    if (const int count = std::atoi(wanted); count >= 1) return count;
  }
#if defined(__linux__)
  cpu_set_t cpus;
  if (sched_getaffinity(0, sizeof cpus, &cpus) == 0) return std::max(CPU_COUNT(&cpus), 1);
#endif
  return std::max(static_cast<int>(std::thread::hardware_concurrency()), 1);
}

std::atomic<int>& thread_count() {
  static std::atomic<int> count = default_threads();
  return count;
}

// The pool of the process. It is made when the first loop needs it and again when the number of threads has changed.
struct SharedPool {
  std::mutex mutex;  // held by the thread whose loop runs
  std::unique_ptr<ThreadPool> pool;
  int threads = 0;  // that it was made for

  static SharedPool& instance() {
    static SharedPool& shared = *new SharedPool;  // outlives every static object that runs a loop
    return shared;
  }
};

thread_local bool in_loop = false;  // whether this thread runs a chunk of a loop

}  // namespace

int num_threads() {
  return thread_count();
}

void set_num_threads(int count) {
  require(count >= 1, "threads must be at least 1, got {}", count);
  thread_count() = count;
}

void detail::parallel_chunks(Index n, Index grain, Sharing sharing, const void* body,
                             void (*run)(const void*, Index, Index)) {
  if (Rehearsal::is_running()) return;
  const Index chunks = (n + grain - 1) / grain;
  const int threads = num_threads();
  if (chunks <= 1 || threads == 1 || in_loop) return run_in_order(n, grain, body, run);
  SharedPool& shared = SharedPool::instance();
  const std::unique_lock lock(shared.mutex, std::try_to_lock);
  if (!lock) return run_in_order(n, grain, body, run);  // the pool runs the loop of another thread
  if (shared.threads != threads) {
    shared.pool.reset();
    shared.pool = std::make_unique<ThreadPool>(threads);
    shared.threads = threads;
  }
  FirstError error;
  const auto run_chunk = [&](Index chunk) {
    error.keep_of([&] { run(body, chunk * grain, std::min((chunk + 1) * grain, n)); });
  };
  const int size = shared.pool->size();
  std::atomic<Index> next = 0;
  shared.pool->run([&](int i) {
    in_loop = true;
    if (sharing == Sharing::even) {
      for (Index chunk = chunks * i / size; chunk < chunks * (i + 1) / size; ++chunk) run_chunk(chunk);
    } else {
      for (Index chunk = next++; chunk < chunks; chunk = next++) run_chunk(chunk);
    }
    in_loop = false;
  });
  error.rethrow();
}

#else

// set_num_threads accepts any count from 1 up and changes nothing, because results do not depend on the number of
// threads.
int num_threads() {
  return 1;
}

void set_num_threads(int count) {
  require(count >= 1, "threads must be at least 1, got {}", count);
}

void detail::parallel_chunks(Index n, Index grain, Sharing, const void* body, void (*run)(const void*, Index, Index)) {
  if (Rehearsal::is_running()) return;
  run_in_order(n, grain, body, run);
}

#endif

}  // namespace mini_bert
