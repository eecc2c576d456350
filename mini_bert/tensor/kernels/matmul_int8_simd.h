#pragma once

#include <cstdint>
#include <cstring>
#include <limits>
#include <utility>

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
void int8_tile(Index words, const std::uint32_t* a, const std::uint32_t* b, const Int8Product::Result& result) {
  constexpr Index lanes = F::lanes;
  F sum[ROWS][VECTORS];
#pragma GCC unroll 64
  for (int v = 0; v < VECTORS; ++v) {
    const F offset = F::load(reinterpret_cast<const float*>(result.offsets) + v * lanes);
#pragma GCC unroll 64
    for (int r = 0; r < ROWS; ++r) sum[r][v] = offset;
  }
  // Spread over the words, so that the multiplications hide it: as many lines of 64 bytes a word as a panel has.
  constexpr Index line = 16, lines = (VECTORS * lanes + line - 1) / line;
  const float* fetch = result.fetch;
  for (Index k = 0; k < words; ++k) {
    for (Index i = 0; i < lines && fetch < result.fetch_end; ++i, fetch += line) __builtin_prefetch(fetch, 0, 2);
    typename Words::B b_k[VECTORS];
#pragma GCC unroll 64
    for (int v = 0; v < VECTORS; ++v) b_k[v] = Words::b(bits(F::load(reinterpret_cast<const float*>(b) + v * lanes)));
#pragma GCC unroll 64
    for (int r = 0; r < ROWS; ++r) {
      const typename Words::A a_rk = Words::a(a[r]);
#pragma GCC unroll 64
      for (int v = 0; v < VECTORS; ++v) sum[r][v] = from_bits(Words::multiply_add(a_rk, b_k[v], bits(sum[r][v])));
    }
    a += ROWS;
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

template <class F>
float quantize_row(const float* x, Index n, std::uint8_t* q) {
  using Bits = typename F::Bits;
  F largest(0.0f), zero_if_finite(0.0f);  // max passes over NaN, and x·0 does not
  for_each_register<F>(n, [&](Index i, auto lanes) {
    const F x_i = lanes.load(x + i);
    largest = max(largest, abs(x_i));
    zero_if_finite = fma(x_i, F(0.0f), zero_if_finite);
  });
  const float most = max_lane(largest);
  const bool is_finite = sum(zero_if_finite) == 0;
  if (!is_finite || most < Int8Product::least) {
    std::memset(q, Int8Product::zero, static_cast<std::size_t>(n));
    return is_finite ? 0.0f : std::numeric_limits<float>::quiet_NaN();
  }
  const F factor(Int8Product::most / most);
  const auto bytes_of = [factor](F x_i) {
    return to_integer(round(x_i * factor)) + Bits(static_cast<std::uint32_t>(Int8Product::zero));
  };
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
