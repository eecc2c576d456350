#pragma once

#include <cstdint>
#include <cstring>
#include <limits>
#include <utility>

#include "mini_bert/tensor/kernels/spread_prefetch.h"
#include "mini_bert/tensor/simd/kernels.h"
#include "mini_bert/tensor/simd/registers.h"

// The inner loops of products of int8; matmul_int8.h says what they compute. Panels are those of matmul_simd.h: words
// of 32 bits, [words][rows] and [words][columns]. Here a word holds four consecutive terms.
namespace mini_bert::simd {

// Words for CPUs that multiply only numbers of 16 bits: terms 0 and 2 and terms 1 and 3 of each word are widened. A sum
// of two products, at most 2·255·127, fits 32 bits. (vpmaddubsw, which multiplies bytes, would need 16 bits for it.)
template <class F>
struct WidenedWords {
  using Bits = typename F::Bits;
  struct Pairs {
    F even, odd;
  };
  using A = Pairs;
  using B = Pairs;

  static A a(std::uint32_t word) {
    return {from_bits(Bits(word & 0x00ff00ffu)), from_bits(Bits((word >> 8) & 0x00ff00ffu))};
  }
  static B b(Bits words) { return {from_bits(even_bytes(words)), from_bits(odd_bytes(words))}; }
  static Bits multiply_add(A a, B b, Bits sum) {
    return add_products(bits(a.odd), bits(b.odd), add_products(bits(a.even), bits(b.even), sum));
  }
};

// Words as they are, for CPUs with VNNI: add_byte_products(a, b, sum), which the instruction set defines, adds the four
// products of every word.
template <class F>
struct ByteWords {
  using Bits = typename F::Bits;
  using A = Bits;
  using B = F;

  static A a(std::uint32_t word) { return Bits(word); }
  static B b(Bits words) { return from_bits(words); }
  static Bits multiply_add(A a, B b, Bits sum) { return add_byte_products(a, bits(b), sum); }
};

// The result of ROWS × VECTORS registers of sums over the words of two panels (Int8Product::Result). The sums begin
// with the offsets of the columns.
template <class F, int ROWS, int VECTORS, class Words>
void int8_tile(Index words, const std::uint32_t* a, Index lda, const std::uint32_t* b,
               const Int8Product::Result& result) {
  constexpr Index lanes = F::lanes;
  // Prefetches C, so that it arrives while the sums are formed.
#pragma GCC unroll 64
  for (int r = 0; r < ROWS; ++r) {
    for (Index j = 0; j < VECTORS * lanes; j += 16) __builtin_prefetch(result.c + r * result.ldc + j, 1);
  }
  F sum[ROWS][VECTORS];
#pragma GCC unroll 64
  for (int v = 0; v < VECTORS; ++v) {
    const F offset = F::load(reinterpret_cast<const float*>(result.offsets) + v * lanes);
#pragma GCC unroll 64
    for (int r = 0; r < ROWS; ++r) sum[r][v] = offset;
  }
  SpreadPrefetch prefetch(result.fetched, words);
  for (Index k = 0; k < words; ++k) {
    prefetch.step(k);
    typename Words::B b_k[VECTORS];
#pragma GCC unroll 64
    for (int v = 0; v < VECTORS; ++v) b_k[v] = Words::b(bits(F::load(reinterpret_cast<const float*>(b) + v * lanes)));
#pragma GCC unroll 64
    for (int r = 0; r < ROWS; ++r) {
      const typename Words::A a_rk = Words::a(a[r * lda + k]);
#pragma GCC unroll 64
      for (int v = 0; v < VECTORS; ++v) sum[r][v] = from_bits(Words::multiply_add(a_rk, b_k[v], bits(sum[r][v])));
    }
    b += VECTORS * lanes;
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
  [&]<int... R>(std::integer_sequence<int, R...>) {
    ((product.tile[R] = int8_tile<F, R + 1, VECTORS, Words>), ...);
  }
  (std::make_integer_sequence<int, ROWS>());
  product.quantize = quantize_row<F>;
  return product;
}

// Registers: of 16, eight sums, four of B and two of A; of 32, sixteen sums.
template <class F>
constexpr void add_gemm_int8(Kernels& kernels) {
  kernels.int8 = int8_product < F, F::registers == 16 ? 4 : 8, 2, WidenedWords < F >> ();
}

}  // namespace mini_bert::simd
