#pragma once

#include <algorithm>

#include "mini_bert/tensor/parallel.h"

namespace mini_bert::kernels {

// Divides the work of an element-wise kernel: calls body(begin, end) for chunks that fit in the first-level cache.
template <class Body>
void for_each_chunk(Index elements, const Body& body) {
  constexpr Index chunk = 4096;
  parallel_for_chunks(elements, chunk, body);
}

// Divides the work of a row-wise kernel: calls body(first row, end row) for chunks of about as many elements.
template <class Body>
void for_each_row_chunk(Index rows, Index cols, const Body& body) {
  constexpr Index chunk = 4096;
  parallel_for_chunks(rows, std::max(chunk / std::max(cols, Index{1}), Index{1}), body);
}

// The same, one call for each row: body(row).
template <class Body>
void for_each_row(Index rows, Index cols, const Body& body) {
  for_each_row_chunk(rows, cols, [&](Index begin, Index end) {
    for (Index row = begin; row < end; ++row) body(row);
  });
}

// Divides the work of a sum over rows: calls body(first column, number of columns). Each thread has its own columns and
// adds the rows in their order, so the sum has the same bits with any number of threads.
template <class Body>
void for_each_column_block(Index cols, const Body& body) {
  constexpr Index width = 64;
  parallel_for_chunks(cols, width, [&](Index begin, Index end) { body(begin, end - begin); });
}

}  // namespace mini_bert::kernels
