#pragma once

#include "mini_bert/tensor/kernels/matmul_words.h"

// Products of matrices that fit in the first two caches: one head of one sentence. Factors consist of words: a float,
// or two bfloat16 (matmul_words.h), which are two consecutive terms of the sum. The left factor is read in place, one
// word at a time; the right factor is read one register at a time. `depth` counts words. The terms of every element of
// a product are added in the same order, whatever the tiles are.
namespace mini_bert::simd {

// The right factor B [depth,cols] in panels of `width` columns, where width is that of the product's tiles. Word (k, j)
// of panel p is data[p·next + k·ld + j]. For a row-major matrix next is width; for one that was packed panel by
// panel ld is width. Columns are read up to the end of the last register.
struct Panels {
  const float* data;
  Index ld, next;
};

// Tiles of 6 × 16 on AVX2 (12 sums + 2 + 1 of its 16 registers), 6 × 64 on AVX-512 (24 + 4 + 1 of 32).
template <class F>
constexpr int tile_vectors = F::registers == 16 ? 2 : 4;
template <class F>
constexpr Index panel_width = tile_vectors<F>* F::lanes;
template <class F>
constexpr Index tile_height = 6;

// n rounded up to whole registers and to an odd number of cache lines: with this distance between rows, the rows and
// columns of a matrix are spread over all sets of a cache.
template <class F>
constexpr Index whole_registers(Index n) {
  return (n + F::lanes - 1) / F::lanes * F::lanes;
}
template <class F>
constexpr Index row_stride(Index n) {
  return ((n + 15) / 16 | 1) * 16;
}

// c [ROWS, VECTORS·lanes] = A·B or c += A·B. The rows of A [ROWS,depth] are `lda` words apart; if TRANSPOSED, `a` is
// the transpose of A, [depth,ROWS] words.
template <class F, class Words, bool TRANSPOSED, int ROWS, int VECTORS>
void multiply_tile(Index depth, const float* a, Index lda, const float* b, Index ldb, float* c, Index ldc,
                   bool accumulate) {
  constexpr Index lanes = F::lanes;
  F sum[ROWS][VECTORS];
#pragma GCC unroll 64
  for (int r = 0; r < ROWS; ++r) {
#pragma GCC unroll 64
    for (int v = 0; v < VECTORS; ++v) sum[r][v] = F(0.0f);
  }
  for (Index k = 0; k < depth; ++k) {
    F b_k[VECTORS];
#pragma GCC unroll 64
    for (int v = 0; v < VECTORS; ++v) b_k[v] = F::load(b + v * lanes);
#pragma GCC unroll 64
    for (int r = 0; r < ROWS; ++r) {
      const F a_rk(TRANSPOSED ? a[r] : a[r * lda + k]);
#pragma GCC unroll 64
      for (int v = 0; v < VECTORS; ++v) sum[r][v] = Words::multiply_add(a_rk, b_k[v], sum[r][v]);
    }
    if constexpr (TRANSPOSED) a += lda;
    b += ldb;
  }
#pragma GCC unroll 64
  for (int r = 0; r < ROWS; ++r) {
#pragma GCC unroll 64
    for (int v = 0; v < VECTORS; ++v) {
      float* const target = c + r * ldc + v * lanes;
      (accumulate ? F::load(target) + sum[r][v] : sum[r][v]).store(target);
    }
  }
}

// Selects the tile for a number of rows and registers that is known at run time.
template <class F, class Words, bool TRANSPOSED, int ROWS = tile_height<F>, int VECTORS = tile_vectors<F>>
void multiply_tile_of(Index rows, Index vectors, Index depth, const float* a, Index lda, const float* b, Index ldb,
                      float* c, Index ldc, bool accumulate) {
  if constexpr (VECTORS > 1) {
    if (vectors < VECTORS) {
      return multiply_tile_of<F, Words, TRANSPOSED, ROWS, VECTORS - 1>(rows, vectors, depth, a, lda, b, ldb, c, ldc,
                                                                       accumulate);
    }
  }
  if constexpr (ROWS > 1) {
    if (rows < ROWS) {
      return multiply_tile_of<F, Words, TRANSPOSED, ROWS - 1, VECTORS>(rows, vectors, depth, a, lda, b, ldb, c, ldc,
                                                                       accumulate);
    }
  }
  multiply_tile<F, Words, TRANSPOSED, ROWS, VECTORS>(depth, a, lda, b, ldb, c, ldc, accumulate);
}

// How many of `rows` rows the next tile takes. The last two tiles share the rest equally, because a tile of one or two
// rows waits for the latency of its own additions.
template <class F>
Index next_tile(Index rows) {
  constexpr Index most = tile_height<F>;
  return rows <= most ? rows : rows <= most + most / 2 ? (rows + 1) / 2 : most;
}

// c [rows,cols] = A·B or c += A·B, up to the end of the last register of every row of c. A panel of B stays in the
// first-level cache while it is multiplied by the rows of A.
template <class F, class Words, bool TRANSPOSED>
void multiply(Index rows, Index cols, Index depth, const float* a, Index lda, Panels b, float* c, Index ldc,
              bool accumulate) {
  const float* panel = b.data;
  for (Index col = 0; col < cols; col += panel_width<F>, panel += b.next) {
    const Index left = whole_registers<F>(cols - col) / F::lanes;
    const Index vectors = left < tile_vectors<F> ? left : tile_vectors<F>;
    for (Index row = 0, tall; row < rows; row += tall) {
      tall = next_tile<F>(rows - row);
      multiply_tile_of<F, Words, TRANSPOSED>(tall, vectors, depth, a + (TRANSPOSED ? row : row * lda), lda, panel, b.ld,
                                             c + row * ldc + col, ldc, accumulate);
    }
  }
}

}  // namespace mini_bert::simd
