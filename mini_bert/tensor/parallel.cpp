#include "mini_bert/tensor/parallel.h"

#ifdef _OPENMP
#include <omp.h>
#endif

#include <algorithm>
#include <exception>
#include <mutex>

namespace mini_bert {

#ifdef _OPENMP

int num_threads() {
  return omp_get_max_threads();
}

void set_num_threads(int count) {
  require(count >= 1, "threads must be at least 1, got {}", count);
  omp_set_num_threads(count);
}

#else

// A build without OpenMP runs everything on one thread. set_num_threads accepts any count from 1 up and changes
// nothing, because results do not depend on the number of threads.
int num_threads() {
  return 1;
}

void set_num_threads(int count) {
  require(count >= 1, "threads must be at least 1, got {}", count);
}

#endif

namespace detail {
namespace {

void run_in_order(Index n, Index grain, const void* body, void (*run)(const void*, Index, Index)) {
  for (Index begin = 0; begin < n; begin += grain) run(body, begin, std::min(begin + grain, n));
}

}  // namespace

#ifdef _OPENMP

void parallel_chunks(Index n, Index grain, Sharing sharing, const void* body, void (*run)(const void*, Index, Index)) {
  const Index chunks = (n + grain - 1) / grain;
  if (chunks <= 1 || num_threads() == 1 || omp_in_parallel()) return run_in_order(n, grain, body, run);
  std::exception_ptr first_error;
  std::mutex error_mutex;
  const auto run_chunk = [&](Index chunk) {
    try {
      run(body, chunk * grain, std::min((chunk + 1) * grain, n));
    } catch (...) {
      const std::lock_guard lock(error_mutex);
      if (!first_error) first_error = std::current_exception();
    }
  };
  if (sharing == Sharing::even) {
#pragma omp parallel for schedule(static)
    for (Index chunk = 0; chunk < chunks; ++chunk) run_chunk(chunk);
  } else {
#pragma omp parallel for schedule(dynamic)
    for (Index chunk = 0; chunk < chunks; ++chunk) run_chunk(chunk);
  }
  if (first_error) std::rethrow_exception(first_error);
}

#else

void parallel_chunks(Index n, Index grain, Sharing, const void* body, void (*run)(const void*, Index, Index)) {
  run_in_order(n, grain, body, run);
}

#endif

}  // namespace detail
}  // namespace mini_bert
