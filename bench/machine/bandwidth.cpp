#include "bench/machine/bandwidth.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

#include "mini_bert/tensor/parallel.h"

namespace mini_bert::bench {
namespace {

constexpr Index count = 32 << 20;  // numbers in an array

// The threads that will use a part of the array touch it first, so its pages are near them.
std::unique_ptr<double[]> make_array(Index chunk) {
  auto array = std::make_unique_for_overwrite<double[]>(count);
  parallel_for_chunks(count, chunk, [&](Index begin, Index end) { std::fill(&array[begin], &array[end], 1.0); });
  return array;
}

// Bytes per second when body(begin, end) runs over all numbers.
template <class Body>
double best_rate(Index chunk, double bytes_per_number, const Body& body) {
  double best = 0;
  for (int run = 0; run < 5; ++run) {
    const auto start = std::chrono::steady_clock::now();
    parallel_for_chunks(count, chunk, body);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    best = std::max(best, bytes_per_number * static_cast<double>(count) / seconds.count());
  }
  return best;
}

}  // namespace

Bandwidth memory_bandwidth(int threads) {
  const int before = num_threads();
  set_num_threads(threads);
  const Index chunk = (count + threads - 1) / threads;
  const auto w = make_array(chunk), g = make_array(chunk), m = make_array(chunk), v = make_array(chunk);

  std::vector<double> sums(static_cast<std::size_t>(threads));
  Bandwidth result{};
  result.read = best_rate(chunk, 8, [&](Index begin, Index end) {
    double lanes[16] = {};  // independent sums, so that no addition waits for another
    for (Index i = begin; i + 16 <= end; i += 16) {
      for (Index lane = 0; lane < 16; ++lane) lanes[lane] += w[i + lane];
    }
    sums[static_cast<std::size_t>(begin / chunk)] = lanes[0] + lanes[15];
  });
  require(sums[0] > 0, "memory_bandwidth: the sum must be positive, got {}", sums[0]);
  result.copy = best_rate(chunk, 16, [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) m[i] = w[i];
  });
  result.triad = best_rate(chunk, 24, [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) m[i] = w[i] + 0.5 * g[i];
  });
  result.update = best_rate(chunk, 56, [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) {
      m[i] = 0.9 * m[i] + 0.1 * g[i];
      v[i] = 0.99 * v[i] + 0.01 * g[i] * g[i];
      w[i] -= 0.001 * m[i];
    }
  });
  set_num_threads(before);
  return result;
}

}  // namespace mini_bert::bench
