#pragma once

#include <immintrin.h>

#include "tensor/simd/kernels.h"

// The inner loops of matrix products; matmul_blocked.cpp says how they fit together.
namespace mini_bert::simd {

// c [ROWS,cols] = base + Σ_k a_k·b_kᵀ, the sum held in ROWS × VECTORS registers. `a` holds ROWS numbers per k, `b`
// VECTORS·lanes. `base` is c itself when `accumulate`, else the biases, else 0. At the right edge of C
// cols < VECTORS·lanes.
template <class F, int ROWS, int VECTORS>
void gemm_tile(Index depth, const float* a, const float* b, float* c, Index ldc, Index cols, bool accumulate,
               const float* bias) {
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
  // A copy, so that `sum` is never indexed by a variable and stays in registers.
  float tile[ROWS][VECTORS * lanes];
#pragma GCC unroll 64
  for (int r = 0; r < ROWS; ++r) {
#pragma GCC unroll 64
    for (int v = 0; v < VECTORS; ++v) sum[r][v].store(&tile[r][v * lanes]);
  }
  for (int r = 0; r < ROWS; ++r) {
    for (Index j = 0; j < cols; ++j) {
      const float base = accumulate ? c[r * ldc + j] : bias != nullptr ? bias[j] : 0.0f;
      c[r * ldc + j] = base + tile[r][j];
    }
  }
}

// panel_kj = x_kj: `count` ≤ width neighbouring columns of x [depth,·], zeros up to `width`.
template <class F>
void gemm_pack(const float* x, Index ldx, Index depth, Index count, float* panel, Index width) {
  if (count == width && width % F::lanes == 0) {
    for (Index k = 0; k < depth; ++k, x += ldx, panel += width) {
      for (Index j = 0; j < width; j += F::lanes) F::load(x + j).store(panel + j);
    }
    return;
  }
  Index k = 0;
  if (count == width && width < F::lanes) {
    // One store a row spoils the beginning of the rows after it, which are written later; the last are left to the loop
    // below.
    for (; k + F::lanes < depth; ++k, x += ldx, panel += width) F::load(x, width).store(panel);
  }
  for (; k < depth; ++k, x += ldx, panel += width) {
    for (Index j = 0; j < count; ++j) panel[j] = x[j];
    for (Index j = count; j < width; ++j) panel[j] = 0.0f;
  }
}

namespace {

// Columns become rows: in-register transpose of 8×8 floats in three rounds of eight shuffles.
inline void transpose_8x8(__m256 (&r)[8]) {
  __m256 t[8];
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    t[2 * i] = _mm256_unpacklo_ps(r[2 * i], r[2 * i + 1]);
    t[2 * i + 1] = _mm256_unpackhi_ps(r[2 * i], r[2 * i + 1]);
  }
  __m256 u[8];
#pragma GCC unroll 2
  for (int half = 0; half < 8; half += 4) {
    u[half] = _mm256_shuffle_ps(t[half], t[half + 2], 0x44);
    u[half + 1] = _mm256_shuffle_ps(t[half], t[half + 2], 0xee);
    u[half + 2] = _mm256_shuffle_ps(t[half + 1], t[half + 3], 0x44);
    u[half + 3] = _mm256_shuffle_ps(t[half + 1], t[half + 3], 0xee);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    r[i] = _mm256_permute2f128_ps(u[i], u[i + 4], 0x20);
    r[i + 4] = _mm256_permute2f128_ps(u[i], u[i + 4], 0x31);
  }
}

}  // namespace

// panel_kj = x_jk: `count` ≤ width rows of x [·,depth], zeros up to `width`. Eight rows and eight columns at a time.
template <class F>
void gemm_pack_transposed(const float* x, Index ldx, Index depth, Index count, float* panel, Index width) {
  for (Index j = 0; j < width; j += 8) {
    const Index wide = width - j < 8 ? width - j : 8;  // columns of the panel
    const Index rows = count - j < 8 ? count - j : 8;  // of x, for them
    Index k = 0;
    // A store of 8 floats where the panel has fewer left spoils the beginning of its next row, which is written after
    // it; so the last rows are left to the loop below.
    for (; rows > 0 && k + 8 < depth; k += 8) {
      __m256 block[8];
      for (Index r = 0; r < 8; ++r) {
        block[r] = r < rows ? _mm256_loadu_ps(x + (j + r) * ldx + k) : _mm256_setzero_ps();
      }
      transpose_8x8(block);
#pragma GCC unroll 8
      for (Index i = 0; i < 8; ++i) _mm256_storeu_ps(panel + (k + i) * width + j, block[i]);
    }
    for (; k < depth; ++k) {
      for (Index r = 0; r < wide; ++r) panel[k * width + j + r] = r < rows ? x[(j + r) * ldx + k] : 0.0f;
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
