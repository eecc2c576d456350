#pragma once

#include "tensor/simd/kernels.h"

// The inner loops of matrix products; matmul_blocked.cpp says how they fit together. They work on panels: `width`
// neighbouring columns of B, or rows of A, laid out [depth][width], so that what a step of the sum needs is contiguous.
namespace mini_bert::simd {

// c [ROWS,cols] = base + Σ_k a_k·b_kᵀ, the sum held in ROWS × VECTORS registers. `a` is a panel of ROWS, `b` one of
// VECTORS·lanes. `base` is c itself when `accumulate`, else the biases, else 0. At the right edge of C
// cols < VECTORS·lanes.
template <class F, int ROWS, int VECTORS>
void gemm_tile(Index depth, const float* a, const float* b, float* c, Index ldc, Index cols, bool accumulate,
               const float* bias) {
  constexpr Index lanes = F::lanes;
  // On its way from memory while the sum is formed.
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
#pragma GCC unroll 4
  for (Index k = 0; k < depth; ++k) {
    F b_k[VECTORS];
#pragma GCC unroll 64
    for (int v = 0; v < VECTORS; ++v) b_k[v] = F::load(b + v * lanes);
#pragma GCC unroll 64
    for (int r = 0; r < ROWS; ++r) {
      const F a_rk(a[r]);
#pragma GCC unroll 64
      for (int v = 0; v < VECTORS; ++v) sum[r][v] = fma(a_rk, b_k[v], sum[r][v]);
    }
    a += ROWS;
    b += VECTORS * lanes;
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

// Stores a row of a panel, `n` ≤ lanes numbers of it. Where a panel is narrower than a register a whole one is stored
// while that stays inside the panel: it spoils the beginnings of the next rows, which are written later. (Masked stores
// are slow on some CPUs.)
template <class F>
void gemm_store_row(F row, float* target, Index n, Index width, const float* end) {
  if (n == F::lanes || (width < F::lanes && end - target >= F::lanes)) {
    row.store(target);
  } else {
    row.store(target, n);
  }
}

// panel_kj = x_kj: `count` ≤ width neighbouring columns of x [depth,·], zeros up to `width`.
template <class F>
void gemm_pack(const float* x, Index ldx, Index depth, Index count, float* panel, Index width) {
  constexpr Index lanes = F::lanes;
  const float* const end = panel + depth * width;
  for (Index k = 0; k < depth; ++k, x += ldx, panel += width) {
    for (Index j = 0; j < width; j += lanes) {
      if (j + lanes <= count) {
        F::load(x + j).store(panel + j);
      } else {
        gemm_store_row(j < count ? F::load(x + j, count - j) : F(0.0f), panel + j, width - j < lanes ? width - j : lanes,
                       width, end);
      }
    }
  }
}

// panel_kj = x_jk: `count` ≤ width rows of x [·,depth], zeros up to `width`. A square of lanes × lanes at a time.
template <class F>
void gemm_pack_transposed(const float* x, Index ldx, Index depth, Index count, float* panel, Index width) {
  constexpr Index lanes = F::lanes;
  const float* const end = panel + depth * width;
  for (Index k = 0; k < depth; k += lanes) {
    const Index deep = depth - k < lanes ? depth - k : lanes;
    for (Index j = 0; j < width; j += lanes) {
      const Index wide = width - j < lanes ? width - j : lanes;
      F square[lanes];
#pragma GCC unroll 16
      for (Index r = 0; r < lanes; ++r) {
        const float* const row = x + (j + r) * ldx + k;
        square[r] = j + r >= count ? F(0.0f) : deep == lanes ? F::load(row) : F::load(row, deep);
      }
      transpose(square);
#pragma GCC unroll 16
      for (Index i = 0; i < lanes; ++i) {
        if (i < deep) gemm_store_row(square[i], panel + (k + i) * width + j, wide, width, end);
      }
    }
  }
}

template <class F, int VECTORS, int... ROWS>
constexpr void add_tiles(Kernels& kernels) {
  ((kernels.tile[ROWS - 1] = gemm_tile<F, ROWS, VECTORS>), ...);
}

// 6 × 16 on AVX2 (12 sums + 2 + 1 of its 16 registers), 8 × 48 on AVX-512 (24 + 3 + 1 of 32).
template <class F>
constexpr void add_gemm(Kernels& kernels) {
  if constexpr (F::lanes == 8) {
    kernels.tile_rows = 6;
    kernels.tile_cols = 16;
    add_tiles<F, 2, 1, 2, 3, 4, 5, 6>(kernels);
  } else {
    kernels.tile_rows = 8;
    kernels.tile_cols = 48;
    add_tiles<F, 3, 1, 2, 3, 4, 5, 6, 7, 8>(kernels);
  }
  kernels.pack = gemm_pack<F>;
  kernels.pack_transposed = gemm_pack_transposed<F>;
}

}  // namespace mini_bert::simd
