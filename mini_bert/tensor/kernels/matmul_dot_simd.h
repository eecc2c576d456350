#pragma once

#include <utility>

#include "mini_bert/tensor/simd/kernels.h"
#include "mini_bert/tensor/simd/registers.h"

// The inner loops of x·Wᵀ with few rows of x; matmul_dot.cpp explains how they fit together. Consecutive terms of a sum
// share a register, so a row of W is read without rearrangement.
namespace mini_bert::simd {

// Copies rows of x [rows,depth] into a panel [depth/lanes][rows][lanes] and pads the last terms with zeros.
template <class F>
void gemm_dot_pack(const float* x, Index ldx, Index depth, Index rows, float* panel) {
  for (Index k = 0; k < depth; k += F::lanes) {
    for (Index r = 0; r < rows; ++r, panel += F::lanes) {
      const float* const terms = x + r * ldx + k;
      (k + F::lanes <= depth ? F::load(terms) : F::load(terms, depth - k)).store(panel);
    }
  }
}

// c [ROWS,cols] = base + a·bᵀ for a panel `a` of ROWS rows and the rows of b, stored as T; cols ≤ COLS. `base` is c
// itself when `accumulate`, otherwise the bias, or 0 without a bias. Each lane sums every lanes-th term, and the lanes
// are added at the end. Meanwhile it prefetches `fetched` rows that are needed soon.
template <class F, int ROWS, int COLS, class T>
void gemm_dot(Index depth, const float* a, const T* b, Index ldb, const T* fetch, Index fetched, float* c, Index ldc,
              Index cols, bool accumulate, const float* bias) {
  constexpr Index lanes = F::lanes;
  const T* b_row[COLS];
  for (Index j = 0; j < COLS; ++j) b_row[j] = b + (j < cols ? j : cols - 1) * ldb;
  F sums[ROWS][COLS];
#pragma GCC unroll 64
  for (int r = 0; r < ROWS; ++r) {
#pragma GCC unroll 64
    for (int j = 0; j < COLS; ++j) sums[r][j] = F(0.0f);
  }
  const auto add_terms = [&](const auto& load_b) __attribute__((always_inline)) {
    F b_k[COLS];
#pragma GCC unroll 64
    for (int j = 0; j < COLS; ++j) b_k[j] = in_register(load_b(b_row[j]));
#pragma GCC unroll 64
    for (int r = 0; r < ROWS; ++r, a += lanes) {
      const F a_rk = F::load(a);
#pragma GCC unroll 64
      for (int j = 0; j < COLS; ++j) sums[r][j] = fma(a_rk, b_k[j], sums[r][j]);
    }
  };
  constexpr Index line = 64 / sizeof(T);  // elements in a cache line
  Index k = 0;
  for (; k + line <= depth; k += line) {
    for (Index j = 0; j < fetched; ++j) __builtin_prefetch(fetch + j * ldb + k);
#pragma GCC unroll 2
    for (Index i = 0; i < line; i += lanes) add_terms([at = k + i](const T* row) { return F::load(row + at); });
  }
  for (; k < depth; k += lanes) {
    add_terms([k, depth](const T* row) { return F::load(row + k, depth - k < lanes ? depth - k : lanes); });
  }
#pragma GCC unroll 64
  for (int r = 0; r < ROWS; ++r) {
#pragma GCC unroll 64
    for (int j = 0; j < COLS; ++j) {
      if (j >= cols) break;
      float& target = c[r * ldc + j];
      target = (accumulate ? target : bias != nullptr ? bias[j] : 0.0f) + sum(sums[r][j]);
    }
  }
}

// Sums, numbers of W and one of x fill the registers: 4 × 3 + 3 + 1 of 16, and 4 × 6 + 6 + 1 of 32.
template <class F>
constexpr int dot_tile_cols = F::registers == 16 ? 3 : 6;

template <class F, class T>
constexpr DotProduct::Tiles<T> gemm_dot_tiles() {
  return []<int... R>(std::integer_sequence<int, R...>) {
    return DotProduct::Tiles<T>{{gemm_dot<F, R + 1, dot_tile_cols<F>, T>...}};
  }
  (std::make_integer_sequence<int, DotProduct::tile_rows>());
}

template <class F>
constexpr void add_gemm_dot(Kernels& kernels) {
  kernels.dot = {dot_tile_cols<F>, gemm_dot_tiles<F, float>(), gemm_dot_tiles<F, BFloat16>(),
                 gemm_dot_tiles<F, Float16>(), gemm_dot_pack<F>};
}

}  // namespace mini_bert::simd
