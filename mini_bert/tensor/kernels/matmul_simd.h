#pragma once

#include <utility>

#include "mini_bert/tensor/kernels/matmul_words.h"
#include "mini_bert/tensor/kernels/spread_prefetch.h"
#include "mini_bert/tensor/simd/kernels.h"

// The inner loops of matrix products; matmul_blocked.cpp explains how they fit together. They read panels: `width`
// neighbouring columns of B, or rows of A, stored as [words][width], so that each step of the sum reads contiguous
// memory. Both may also be read in place. A word is one term of the sum or two (matmul_words.h).
namespace mini_bert::simd {

// c [ROWS,cols] = base + Σ_k a_k·b_kᵀ over the words of two panels. The sum is held in ROWS × VECTORS registers. `a` is
// a panel of ROWS rows, or, if IN_PLACE, rows that are `lda` words apart. b has VECTORS·lanes columns, whose words are
// `ldb` apart: in a panel its width, more if B is read in place. If COPIES, it becomes a panel at `copy`. `base` and
// `fetched` are those of TiledProduct::Result. At the right edge of C, cols < VECTORS·lanes.
template <class F, int ROWS, int VECTORS, class Words, bool IN_PLACE, bool COPIES = false>
void gemm_tile(Index words, const float* a, Index lda, const TiledProduct::PanelOfB& panel,
               const TiledProduct::Result& result) {
  const auto [c, ldc, cols, accumulate, bias, fetched] = result;
  constexpr Index lanes = F::lanes;
  // Every third row has a pointer, and the two rows after it are one and two distances away: this takes four registers.
  const float* rows[(ROWS + 2) / 3];
#pragma GCC unroll 64
  for (int r = 0; r < ROWS; r += 3) rows[r / 3] = a + r * (IN_PLACE ? lda : 1);

    // Prefetches C, so that it arrives while the sum is formed.
#pragma GCC unroll 64
  for (int r = 0; r < ROWS; ++r) {
    for (Index j = 0; j < VECTORS * lanes; j += 16) __builtin_prefetch(c + r * ldc + j, 1);
  }
  F sum[ROWS][VECTORS];
#pragma GCC unroll 64
  for (int r = 0; r < ROWS; ++r) {
#pragma GCC unroll 64
    for (int v = 0; v < VECTORS; ++v) sum[r][v] = F(0.0f);
  }
  SpreadPrefetch<F> prefetch(fetched, words);
  auto [b, ldb, copy] = panel;
#pragma GCC unroll 4
  for (Index k = 0; k < words; ++k) {
    prefetch.step(k);
    if (IN_PLACE && k % 16 == 0) {  // prefetches the same terms of the next rows
#pragma GCC unroll 64
      for (int r = 0; r < ROWS; ++r) __builtin_prefetch(rows[r / 3] + (r % 3 + ROWS) * lda);
    }
    F b_k[VECTORS];
#pragma GCC unroll 64
    for (int v = 0; v < VECTORS; ++v) b_k[v] = F::load(b + v * lanes);
    if (COPIES) {
#pragma GCC unroll 64
      for (int v = 0; v < VECTORS; ++v) b_k[v].store(copy + v * lanes);
      copy += VECTORS * lanes;
    }
#pragma GCC unroll 64
    for (int r = 0; r < ROWS; ++r) {
      const F a_rk(rows[r / 3][r % 3 * (IN_PLACE ? lda : 1)]);
#pragma GCC unroll 64
      for (int v = 0; v < VECTORS; ++v) sum[r][v] = Words::multiply_add(a_rk, b_k[v], sum[r][v]);
    }
#pragma GCC unroll 64
    for (int r = 0; r < ROWS; r += 3) rows[r / 3] += IN_PLACE ? 1 : ROWS;
    b += ldb;
  }
  if (cols == VECTORS * lanes) {
    if (bias != nullptr) {
#pragma GCC unroll 64
      for (int v = 0; v < VECTORS; ++v) {
        const F bias_v = F::load(bias + v * lanes);
#pragma GCC unroll 64
        for (int r = 0; r < ROWS; ++r) sum[r][v] += bias_v;
      }
    }
#pragma GCC unroll 64
    for (int r = 0; r < ROWS; ++r) {
#pragma GCC unroll 64
      for (int v = 0; v < VECTORS; ++v) {
        float* const target = c + r * ldc + v * lanes;
        (accumulate ? F::load(target) + sum[r][v] : sum[r][v]).store(target);
      }
    }
    return;
  }
#pragma GCC unroll 64
  for (int v = 0; v < VECTORS; ++v) {
    const Index left = cols - v * lanes, n = left < lanes ? left : lanes;
    if (n <= 0) break;
    const F bias_v = bias != nullptr ? F::load(bias + v * lanes, n) : F(0.0f);
#pragma GCC unroll 64
    for (int r = 0; r < ROWS; ++r) {
      float* const target = c + r * ldc + v * lanes;
      (accumulate ? F::load(target, n) + sum[r][v] : sum[r][v] + bias_v).store(target, n);
    }
  }
}

// Stores `n` ≤ lanes numbers as a row of a panel. If the panel is narrower than a register, it stores a whole register
// as long as that stays inside the panel. This overwrites the beginnings of the next rows, which are written later.
// (Masked stores are slow on some CPUs.)
template <class F>
void gemm_store_row(F row, float* target, Index n, Index width, const float* end) {
  if (n == F::lanes || (width < F::lanes && end - target >= F::lanes)) {
    row.store(target);
  } else {
    row.store(target, n);
  }
}

// panel_kj = x_kj for VECTORS registers of neighbouring columns of x [depth,·], with the last pair as below.
template <class F, class Words, class T, int VECTORS>
void gemm_pack_whole(const T* x, Index ldx, Index depth, float* panel) {
  constexpr Index lanes = F::lanes, width = VECTORS * lanes;
  for (Index k = 0; k < depth; k += Words::terms, x += Words::terms * ldx, panel += width) {
#pragma GCC unroll 64
    for (Index j = 0; j < width; j += lanes) {
      if (j * Index{sizeof(T)} % 64 == 0) __builtin_prefetch(x + 16 * ldx + j);
      if constexpr (Words::terms == 1) {
        Words::template word<T>(F::load(x + j)).store(panel + j);
      } else {
        const F odd = k + 1 < depth ? F::load(x + ldx + j) : F(0.0f);
        Words::template word<T>(F::load(x + j), odd).store(panel + j);
      }
    }
  }
}

// panel_kj = x_kj for `count` ≤ width neighbouring columns of x [depth,·]. Zeros fill the row up to `width`, and
// complete the last pair when the number of terms is odd.
template <class F, class Words = F32Words<F>, class T = float, int VECTORS = 1>
void gemm_pack(const T* x, Index ldx, Index depth, Index count, float* panel, Index width) {
  constexpr Index lanes = F::lanes;
  if (count == VECTORS * lanes && width == count) return gemm_pack_whole<F, Words, T, VECTORS>(x, ldx, depth, panel);
  const float* const end = panel + words_of<Words>(depth) * width;
  const auto load = [count](const T* row, Index j) {
    return j + lanes <= count ? F::load(row + j) : j < count ? F::load(row + j, count - j) : F(0.0f);
  };
  for (Index k = 0; k < depth; k += Words::terms, x += Words::terms * ldx, panel += width) {
    for (Index j = 0; j < width; j += lanes) {
      __builtin_prefetch(x + 16 * ldx + j);  // prefetches the next slice of 16 terms (matmul_blocked.cpp)
      F word;
      if constexpr (Words::terms == 1) {
        word = Words::template word<T>(load(x, j));
      } else {
        word = Words::template word<T>(load(x, j), k + 1 < depth ? load(x + ldx, j) : F(0.0f));
      }
      gemm_store_row(word, panel + j, width - j < lanes ? width - j : lanes, width, end);
    }
  }
}

// The word of the terms that begin here.
template <class F, class Words, class T>
F gemm_word(const F* terms) {
  if constexpr (Words::terms == 1) {
    return Words::template word<T>(terms[0]);
  } else {
    return Words::template word<T>(terms[0], terms[1]);
  }
}

// panel_kj = x_jk for a square of lanes × lanes.
template <class F, class Words, class T>
void gemm_pack_square(const T* x, Index ldx, float* panel, Index width) {
  F square[F::lanes];
#pragma GCC unroll 16
  for (F& row : square) {
    row = F::load(x);
    x += ldx;
  }
  transpose(square);
#pragma GCC unroll 16
  for (Index i = 0; i < F::lanes; i += Words::terms, panel += width) gemm_word<F, Words, T>(square + i).store(panel);
}

// The same for `rows` rows of `deep` terms, and zeros up to `wide` columns; `end` is that of the panel.
template <class F, class Words, class T>
void gemm_pack_part(const T* x, Index ldx, Index rows, Index deep, float* panel, Index wide, Index width,
                    const float* end) {
  F square[F::lanes];
  for (Index r = 0; r < F::lanes; ++r) square[r] = r < rows ? F::load(x + r * ldx, deep) : F(0.0f);
  transpose(square);
  for (Index i = 0; i < deep; i += Words::terms, panel += width) {
    gemm_store_row(gemm_word<F, Words, T>(square + i), panel, wide, width, end);
  }
}

// panel_kj = x_jk for `count` ≤ width rows of x [·,depth], with zeros as above.
template <class F, class Words = F32Words<F>, class T = float>
void gemm_pack_transposed(const T* x, Index ldx, Index depth, Index count, float* panel, Index width) {
  constexpr Index lanes = F::lanes;
  const float* const end = panel + words_of<Words>(depth) * width;
  for (Index k = 0; k < depth; k += lanes, panel += words_of<Words>(lanes) * width) {
    const Index deep = depth - k < lanes ? depth - k : lanes;
    // Prefetches the square after the next in these rows, at their end the first of the next panel.
    const Index ahead = k + 2 * lanes < depth ? 2 * lanes : 2 * lanes - depth + width * ldx;
    for (Index j = 0; j < width; j += lanes) {
      const T* const square = x + j * ldx + k;
#pragma GCC unroll 16
      for (Index r = 0; r < lanes; ++r) __builtin_prefetch(square + ahead + r * ldx);
      if (deep == lanes && count - j >= lanes) {
        gemm_pack_square<F, Words, T>(square, ldx, panel + j, width);
      } else {
        const Index wide = width - j < lanes ? width - j : lanes;
        gemm_pack_part<F, Words, T>(square, ldx, count - j, deep, panel + j, wide, width, end);
      }
    }
  }
}

// c = sums, or c += sums, and rounds the result to bfloat16.
template <class F>
void gemm_narrow_row(const float* sums, BFloat16* c, Index n, bool accumulate) {
  for (Index j = 0; j < n; j += F::lanes) {
    const Index count = n - j < F::lanes ? n - j : F::lanes;
    F value = F::load(sums + j, count);
    if (accumulate) value += F::load(c + j, count);
    value.store(c + j, count);
  }
}

// Tiles of 6 rows × 2 vectors where the CPU has 16 registers (12 + 2 + 1 hold sums, B and A), and of 8 × 3 where it has
// 32 (24 + 3 + 1).
template <class F, class Words>
constexpr TiledProduct tiled_product() {
  constexpr int rows = F::registers == 16 ? 6 : 8, vectors = F::registers == 16 ? 2 : 3;
  constexpr Index width = vectors * F::lanes, block_words = width <= 24 ? 256 : 128;  // at most 24 KB
  static_assert(rows <= TiledProduct::most_tile_rows && width <= TiledProduct::most_tile_cols);
  static_assert(block_words * width <= TiledProduct::most_block_floats);
  TiledProduct product{};
  product.terms_per_word = Words::terms;
  product.tile_rows = rows;
  product.tile_cols = width;
  product.block_words = block_words;
  [&]<int... R>(std::integer_sequence<int, R...>) {
    ((product.in_panels.of_rows[R] = gemm_tile<F, R + 1, vectors, typename Words::Product, false>), ...);
    ((product.in_place.of_rows[R] = gemm_tile<F, R + 1, vectors, typename Words::Product, true>), ...);
  }
  (std::make_integer_sequence<int, rows>());
  product.in_panels.copying = gemm_tile<F, rows, vectors, typename Words::Product, false, true>;
  product.in_place.copying = gemm_tile<F, rows, vectors, typename Words::Product, true, true>;
  product.pack = {gemm_pack<F, Words, float, vectors>, gemm_pack<F, Words, BFloat16, vectors>,
                  gemm_pack<F, Words, Float16, vectors>};
  product.pack_transposed = {gemm_pack_transposed<F, Words, float>, gemm_pack_transposed<F, Words, BFloat16>,
                             gemm_pack_transposed<F, Words, Float16>};
  return product;
}

// Instruction sets that multiply bfloat16 replace bf16_terms.
template <class F>
constexpr void add_gemm(Kernels& kernels) {
  kernels.f32_terms = tiled_product<F, F32Words<F>>();
  kernels.bf16_terms = tiled_product<F, RoundedWords<F>>();
  kernels.narrow_row = gemm_narrow_row<F>;
}

}  // namespace mini_bert::simd
