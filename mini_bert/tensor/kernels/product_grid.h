#pragma once

#include "mini_bert/tensor/divide_up.h"
#include "mini_bert/tensor/shape.h"
#include "mini_bert/tensor/simd/kernels.h"

// How threads divide the result of a product.
namespace mini_bert::kernels {

struct Range {
  Index begin, end;
  Index size() const { return end - begin; }
};

// Part `i` of `parts` nearly equal parts of [0, n).
inline Range share(Index n, Index i, Index parts) {
  return {n * i / parts, n * (i + 1) / parts};
}

// `rows` rows of memory to be prefetched, whose elements have `size` bytes and which are `ld` elements apart.
inline simd::Fetched fetched_rows(const void* begin, Index rows, Index cols, Index ld, Index size) {
  return {static_cast<const std::byte*>(begin), rows, ld * size, divide_up(cols * size, simd::Fetched::line)};
}

// Memory without gaps, to be prefetched.
inline simd::Fetched fetched_bytes(const void* begin, Index bytes) {
  return {static_cast<const std::byte*>(begin), divide_up(bytes, simd::Fetched::line), simd::Fetched::line, 1};
}

// What rows [begin, end) of `rows` prefetch.
inline simd::Fetched share(simd::Fetched memory, Index begin, Index end, Index rows) {
  const Range part = {memory.rows * begin / rows, memory.rows * end / rows};
  return {memory.begin + part.begin * memory.ld, part.size(), memory.ld, memory.lines};
}

// The grid of rows × cols rectangles into which `threads` threads divide C. It minimises the largest rectangle. Among
// equal grids it has the most rows of rectangles, because fewer threads then copy the same rows of A.
struct Grid {
  Index rows, cols;
};
inline Grid grid_for(Index threads, Index row_panels, Index col_panels) {
  Grid best{1, threads};
  Index least = divide_up(row_panels, best.rows) * divide_up(col_panels, best.cols);
  for (Index rows = 2; rows <= threads; ++rows) {
    if (threads % rows != 0) continue;
    const Index largest = divide_up(row_panels, rows) * divide_up(col_panels, threads / rows);
    if (largest <= least) {
      best = {rows, threads / rows};
      least = largest;
    }
  }
  return best;
}

}  // namespace mini_bert::kernels
