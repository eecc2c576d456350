#pragma once

#include <type_traits>

#include "mini_bert/tensor/kernels/attention_tiles.h"
#include "mini_bert/tensor/kernels/matmul_simd.h"
#include "mini_bert/tensor/simd/registers.h"

// How one head's matrices become factors of the products in attention_tiles.h, and how their results are stored. A
// matrix can be stored in two ways:
//   rows      [rows, words of a row]    for a left factor: the terms of the sum lie along a row
//   columns   [words of a column, cols] for a right factor, or a transposed left one: the terms lie along a column
// Where a word is a float, both are the matrix itself. Where it is a pair of bfloat16, rows are rows of bfloat16, and
// columns hold two rows of the matrix side by side. Zeros complete the last pair and the last register of a row.
namespace mini_bert::simd {

// factor·x [rows,cols] as rows, `ldy` words apart.
template <class F, class Words, class Element>
void pack_rows(const Element* x, Index ldx, Index rows, Index cols, float factor, float* y, Index ldy) {
  auto* to = reinterpret_cast<typename Words::Number*>(y);
  for (Index i = 0; i < rows; ++i, x += ldx, to += ldy * Words::terms) {
    for_each_register<F>(cols, [&](Index j, auto lanes) { (lanes.load(x + j) * F(factor)).store(to + j); });
  }
}

// The same matrix as rows and as columns. Where both are the same, only the rows are written.
template <class F, class Words, class Element>
void pack_rows_and_columns(const Element* x, Index ldx, Index rows, Index cols, float factor, float* as_rows,
                           Index ld_rows, float* as_columns, Index ld_columns) {
  pack_rows<F, Words>(x, ldx, rows, cols, factor, as_rows, ld_rows);
  if constexpr (Words::terms > 1) gemm_pack<F, Words>(x, ldx, rows, cols, as_columns, ld_columns);
}

// x [rows,cols] as columns.
template <class F, class Words, class Element>
void pack_columns(const Element* x, Index ldx, Index rows, Index cols, float* y, Index ldy) {
  if constexpr (Words::terms > 1) {
    gemm_pack<F, Words>(x, ldx, rows, cols, y, ldy);
  } else {
    pack_rows<F, Words>(x, ldx, rows, cols, 1.0f, y, ldy);
  }
}

// The number of words in the panels of a transposed [length,D].
template <class F, class Words>
Index panels_size(Index length, Index size) {
  return (length + panel_width<F> - 1) / panel_width<F> * panel_width<F> * words_of<Words>(size);
}

// The transpose of x [rows,cols], which is stored as rows, as the columns of panels.
template <class F, class Words>
Panels pack_transpose(const float* x, Index ldx, Index rows, Index cols, float* panels) {
  const Index width = rows < panel_width<F> ? whole_registers<F>(rows) : panel_width<F>;
  const auto* const numbers = reinterpret_cast<const typename Words::Number*>(x);
  for (Index j = 0; j < rows; j += width) {
    gemm_pack_transposed<F, Words>(numbers + j * ldx * Words::terms, ldx * Words::terms, cols,
                                   rows - j < width ? rows - j : width, panels + j * words_of<Words>(cols), width);
  }
  return {panels, width, width * words_of<Words>(cols)};
}

// A right factor that is stored as columns.
template <class F>
Panels panels_of(const float* columns, Index ld) {
  return {columns, ld, panel_width<F>};
}

// Rounds a row of floats, up to the end of its last register, to a row of bfloat16. Both may begin at the same place.
template <class F, class Words>
void round_row(const float* x, Index length, float* row) {
  for (Index j = 0; j < length; j += 2 * F::lanes, row += F::lanes) {
    const F first = F::load(x + j), second = j + F::lanes < length ? F::load(x + j + F::lanes) : F(0.0f);
    Words::row(first, second).store(row);
  }
}

// Rounds two rows of floats to a row of pairs. Null stands for a row of zeros.
template <class F, class Words>
void round_columns(const float* first, const float* second, Index length, float* columns) {
  for (Index j = 0; j < length; j += F::lanes) {
    const F second_j = second == nullptr ? F(0.0f) : F::load(second + j);
    Words::template word<float>(F::load(first + j), second_j).store(columns + j);
  }
}

// y = factor(i)·x or y += factor(i)·x, for each row i.
template <class F, class Element, class Factor>
void put_rows(const float* x, Index ldx, Index rows, Index cols, const Factor& factor, Element* y, Index ldy,
              bool accumulate) {
  if (y == nullptr) return;
  for (Index i = 0; i < rows; ++i, x += ldx, y += ldy) {
    const F factor_i(factor(i));
    for_each_register<F>(cols, [&](Index j, auto lanes) { put(lanes, F::load(x + j) * factor_i, accumulate, y + j); });
  }
}

}  // namespace mini_bert::simd
