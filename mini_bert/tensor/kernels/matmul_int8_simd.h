#pragma once

#include <cstdint>
#include <cstring>
#include <limits>
#include <utility>

#include "mini_bert/tensor/kernels/spread_prefetch.h"
#include "mini_bert/tensor/simd/kernels.h"
#include "mini_bert/tensor/simd/registers.h"

// The inner loops of products of int8; matmul_int8.h says what they compute. Panels of B are those of matmul_simd.h:
// words of 32 bits, [words][columns]. Here a word holds four consecutive terms, or two if they are widened. Rows of A
// follow each other.
namespace mini_bert::simd {

// Words for CPUs that multiply only numbers of 16 bits: each word of four bytes is widened to two words, of terms 0 and
// 2 and of terms 1 and 3. A sum of two products, at most 2·255·127, fits 32 bits. (vpmaddubsw, which multiplies bytes,
// would need 16 bits for it.)
template <class F>
struct WidenedWords {
  using Bits = typename F::Bits;

  static void widen_row(const std::uint32_t* row, Index words, std::uint32_t* widened) {
    for (Index k = 0; k < words; ++k) {
      widened[2 * k] = row[k] & 0x00ff00ffu;
      widened[2 * k + 1] = (row[k] >> 8) & 0x00ff00ffu;
    }
  }
  static void widen_panel(const float* panel, Index words, Index width, float* widened) {
    for (Index k = 0; k < words; ++k, panel += width, widened += 2 * width) {
      for (Index j = 0; j < width; j += F::lanes) {
        const Bits word = bits(F::load(panel + j));
        from_bits(even_bytes(word)).store(widened + j);
        from_bits(odd_bytes(word)).store(widened + width + j);
      }
    }
  }
  static Bits multiply_add(Bits a, Bits b, Bits sum) { return add_products(a, b, sum); }
};

// Words as they are, for CPUs with VNNI: add_byte_products(a, b, sum), which the instruction set defines, adds the four
// products of every word.
template <class F>
struct ByteWords {
  using Bits = typename F::Bits;

  static Bits multiply_add(Bits a, Bits b, Bits sum) { return add_byte_products(a, b, sum); }
};

// ROWS × VECTORS registers of sums over the words of rows of A and of a panel of B, or of a block of them
// (Int8Product::Sums).
template <class F, int ROWS, int VECTORS, class Words>
void int8_tile(Index words, const std::uint32_t* a, Index lda, const float* b, const Int8Product::Sums& sums,
               const Int8Product::Result& result) {
  constexpr Index lanes = F::lanes, width = VECTORS * lanes;
  // Prefetches C, so that it arrives while the sums are formed.
#pragma GCC unroll 64
  for (int r = 0; r < ROWS; ++r) {
    for (Index j = 0; j < width; j += 16) __builtin_prefetch(result.c + r * result.ldc + j, 1);
  }
  F sum[ROWS][VECTORS];
#pragma GCC unroll 64
  for (int r = 0; r < ROWS; ++r) {
#pragma GCC unroll 64
    for (int v = 0; v < VECTORS; ++v) sum[r][v] = F::load(sums.begin + r * sums.ld_begin + v * lanes);
  }
  SpreadPrefetch<F> prefetch(result.fetched, words);
  for (Index k = 0; k < words; ++k, b += width) {
    prefetch.step(k);
    F b_k[VECTORS];
#pragma GCC unroll 64
    for (int v = 0; v < VECTORS; ++v) b_k[v] = F::load(b + v * lanes);
#pragma GCC unroll 64
    for (int r = 0; r < ROWS; ++r) {
      const typename F::Bits a_rk(a[r * lda + k]);
#pragma GCC unroll 64
      for (int v = 0; v < VECTORS; ++v) {
        sum[r][v] = from_bits(Words::multiply_add(a_rk, bits(b_k[v]), bits(sum[r][v])));
      }
    }
  }
  if (sums.end != nullptr) {
#pragma GCC unroll 64
    for (int r = 0; r < ROWS; ++r) {
#pragma GCC unroll 64
      for (int v = 0; v < VECTORS; ++v) sum[r][v].store(sums.end + r * width + v * lanes);
    }
    return;
  }
#pragma GCC unroll 64
  for (int v = 0; v < VECTORS; ++v) {
    const Index left = result.cols - v * lanes, n = left < lanes ? left : lanes;
    if (n <= 0) break;
    const F scale = F::load(result.scales + v * lanes);
    const F bias = n == lanes ? F::load(result.bias + v * lanes) : F::load(result.bias + v * lanes, n);
#pragma GCC unroll 64
    for (int r = 0; r < ROWS; ++r) {
      const F y = fma(to_float(bits(sum[r][v])), F(result.row_scales[r]) * scale, bias);
      float* const target = result.c + r * result.ldc + v * lanes;
      if (n == lanes) {
        y.store(target);
      } else {
        y.store(target, n);
      }
    }
  }
}

// max|x|, and whether all x are finite.
template <class F>
std::pair<float, bool> largest_of_row(const float* x, Index n) {
  constexpr Index sets = 4;               // take turns, so that no maximum waits for the one before it
  F largest[sets], zero_if_finite[sets];  // max passes over NaN, and x·0 does not
  for (Index s = 0; s < sets; ++s) largest[s] = zero_if_finite[s] = F(0.0f);
  const auto look_at = [&](F x_i, Index s) {
    largest[s] = max(largest[s], abs(x_i));
    zero_if_finite[s] = fma(x_i, F(0.0f), zero_if_finite[s]);
  };
  Index i = 0;
  for (; i + sets * F::lanes <= n; i += sets * F::lanes) {
#pragma GCC unroll 8
    for (Index s = 0; s < sets; ++s) look_at(F::load(x + i + s * F::lanes), s);
  }
  for (; i < n; i += F::lanes) look_at(i + F::lanes <= n ? F::load(x + i) : F::load(x + i, n - i), 0);
  return {max_lane(max(max(largest[0], largest[1]), max(largest[2], largest[3]))),
          sum(zero_if_finite[0] + zero_if_finite[1] + zero_if_finite[2] + zero_if_finite[3]) == 0};
}

template <class F>
float quantize_row(const float* x, Index n, std::uint8_t* q) {
  const auto [most, is_finite] = largest_of_row<F>(x, n);
  if (!is_finite || most < Int8Product::least) {
    std::memset(q, Int8Product::zero, static_cast<std::size_t>(n));
    return is_finite ? 0.0f : std::numeric_limits<float>::quiet_NaN();
  }
  // Numbers from 2²³ to 2²⁴ have no fraction, so the addition rounds, ties to even, and the last byte of the sum is the
  // result. The maximum changes nothing. It stands between product and sum, which compilers would otherwise contract.
  const F factor(Int8Product::most / most), lowest(-Int8Product::most - 1), shift(0x1.8p23f + Int8Product::zero);
  const auto bytes_of = [&](F x_i) { return bits(max(x_i * factor, lowest) + shift); };
  Index i = 0;
  for (; i + F::lanes <= n; i += F::lanes) store_bytes(bytes_of(F::load(x + i)), q + i);
  if (i < n) {
    std::uint8_t last[F::lanes];
    store_bytes(bytes_of(F::load(x + i, n - i)), last);
    std::memcpy(q + i, last, static_cast<std::size_t>(n - i));
  }
  return most / Int8Product::most;
}

template <class F, int ROWS, int VECTORS, class Words>
constexpr Int8Product int8_product() {
  static_assert(ROWS <= Int8Product::most_tile_rows && VECTORS * F::lanes <= Int8Product::most_tile_cols);
  Int8Product product{};
  product.tile_rows = ROWS;
  product.tile_cols = VECTORS * F::lanes;
  if constexpr (requires { Words::widen_row; }) {
    product.block_words = Int8Product::most_block_floats / (2 * VECTORS * F::lanes);
    product.widen_row = Words::widen_row;
    product.widen_panel = Words::widen_panel;
  }
  [&]<int... R>(std::integer_sequence<int, R...>) {
    ((product.tile[R] = int8_tile<F, R + 1, VECTORS, Words>), ...);
  }
  (std::make_integer_sequence<int, ROWS>());
  product.quantize = quantize_row<F>;
  return product;
}

// Registers: of 16, eight sums; of 32, sixteen.
template <class F>
constexpr void add_gemm_int8(Kernels& kernels) {
  kernels.int8 = int8_product < F, F::registers == 16 ? 4 : 8, 2, WidenedWords < F >> ();
}

}  // namespace mini_bert::simd
