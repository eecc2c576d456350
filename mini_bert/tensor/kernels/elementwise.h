#pragma once

#include <algorithm>

#include "mini_bert/tensor/parallel.h"

namespace mini_bert::kernels {

// How element-wise kernels divide their work: body(begin, end) over chunks that fit in the first-level cache.
template <class Body>
void for_each_chunk(Index elements, const Body& body) {
  constexpr Index chunk = 4096;
  parallel_for_chunks(elements, chunk, body);
}

// How row-wise kernels do: body(first row, end), as many rows a chunk as make up about the same work.
template <class Body>
void for_each_row_chunk(Index rows, Index cols, const Body& body) {
  constexpr Index chunk = 4096;
  parallel_for_chunks(rows, std::max(chunk / std::max(cols, Index{1}), Index{1}), body);
}

// The same, body(row).
template <class Body>
void for_each_row(Index rows, Index cols, const Body& body) {
  for_each_row_chunk(rows, cols, [&](Index begin, Index end) {
    for (Index row = begin; row < end; ++row) body(row);
  });
}

// How sums over rows do: body(first column, number of columns). Threads share out the columns and each adds the rows
// in their order, so the sum has the same bits with any number of threads.
template <class Body>
void for_each_column_block(Index cols, const Body& body) {
  constexpr Index width = 64;
  parallel_for_chunks(cols, width, [&](Index begin, Index end) { body(begin, end - begin); });
}

}  // namespace mini_bert::kernels
