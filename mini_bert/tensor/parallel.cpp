#include "mini_bert/tensor/parallel.h"

#include <omp.h>

#include <algorithm>
#include <exception>
#include <mutex>

namespace mini_bert {

int num_threads() {
  return omp_get_max_threads();
}

void set_num_threads(int count) {
  require(count >= 1, "threads must be at least 1, got {}", count);
  omp_set_num_threads(count);
}

namespace detail {

void parallel_chunks(Index n, Index grain, Sharing sharing, const void* body, void (*run)(const void*, Index, Index)) {
  const Index chunks = (n + grain - 1) / grain;
  if (chunks <= 1 || num_threads() == 1 || omp_in_parallel()) {
    for (Index begin = 0; begin < n; begin += grain) run(body, begin, std::min(begin + grain, n));
    return;
  }
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

}  // namespace detail
}  // namespace mini_bert
