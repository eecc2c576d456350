#include "mini_bert/tensor/kernels/matmul_dot.h"

#include <algorithm>

#include "mini_bert/tensor/divide_up.h"
#include "mini_bert/tensor/parallel.h"

// W is read from memory once, row after row. The few rows of x are copied into panels and stay in the second-level
// cache. A tile of C takes `piece` terms at a time, so that its rows of W are still in the first-level cache when the
// next group of rows of x needs them.
namespace mini_bert::kernels {
namespace {

constexpr Index rows_most = 32;
constexpr Index piece = 768;

// More shares than threads, so that a thread that is free takes the next one. This reduces 28 ms to 26 ms for one
// sentence when other programs run.
constexpr Index shares_per_thread = 4;

// Panels are padded to a whole register of every instruction set.
Index padded(Index terms) {
  return divide_up(terms, 16) * 16;
}

// <T> is the stored type of W.
template <class T>
class DotProduct {
 public:
  DotProduct(const simd::DotProduct& simd, const simd::DotProduct::Tiles<T>& tiles, const Product& product)
      : simd_(simd),
        tiles_(tiles),
        p_(product),
        a_(static_cast<const float*>(product.a.data)),
        b_(static_cast<const T*>(product.b.data)),
        c_(static_cast<float*>(product.c)),
        groups_(divide_up(product.m, tile_rows)),
        panels_({product.m, padded(product.k)}) {}

  void run() {
    pack_a();
    const Index tile_cols = simd_.tile_cols, tiles = divide_up(p_.n, tile_cols),
                shares = shares_per_thread * num_threads();
    const auto multiply_tile = [&](Index tile) { multiply(tile * simd_.tile_cols); };
    parallel_for(tiles, divide_up(tiles, shares), multiply_tile, Sharing::free);
  }

 private:
  static constexpr Index tile_rows = simd::DotProduct::tile_rows;

  // Panels are stored as [piece][group of rows].
  float* panel(Index k, Index row) { return panels_.data<float>() + k * p_.m + row * padded(terms(k)); }
  Index terms(Index k) const { return std::min(piece, p_.k - k); }
  Index rows(Index row) const { return std::min(tile_rows, p_.m - row); }

  void pack_a() {
    const Index pieces = divide_up(p_.k, piece);
    constexpr Index grain = 8;  // fewer are copied before a second thread could start
    parallel_for(groups_ * pieces, grain, [&](Index i) {
      const Index row = i % groups_ * tile_rows, k = i / groups_ * piece;
      simd_.pack(a_ + row * p_.a.ld + k, p_.a.ld, terms(k), rows(row), panel(k, row));
    });
  }

  // Computes the tile of C that begins at column `col`. Meanwhile it prefetches the next rows of W, a share in each
  // group of rows.
  void multiply(Index col) {
    const Index cols = std::min(simd_.tile_cols, p_.n - col);
    Index k = 0;
    do {  // runs once even without terms, so that C becomes 0
      const bool accumulate = k > 0 || p_.output == Output::accumulate;
      const T* const b = b_ + col * p_.b.ld + k;
      const T* const next = k + piece < p_.k ? b + piece : b_ + (col + cols) * p_.b.ld;
      for (Index group = 0; group < groups_; ++group) {
        const Index row = group * tile_rows;
        const Index fetch = cols * group / groups_, fetch_end = cols * (group + 1) / groups_;
        const auto tile = tiles_.of_rows[rows(row) - 1];
        tile(terms(k), panel(k, row), b, p_.b.ld, next + fetch * p_.b.ld, fetch_end - fetch, c_ + row * p_.ldc + col,
             p_.ldc, cols, accumulate, p_.bias == nullptr ? nullptr : p_.bias + col);
      }
    } while ((k += piece) < p_.k);
  }

  const simd::DotProduct& simd_;
  const simd::DotProduct::Tiles<T>& tiles_;
  const Product& p_;
  const float* const a_;
  const T* const b_;
  float* const c_;
  const Index groups_;
  Tensor panels_;
};

}  // namespace

bool is_dot_product(const Product& p) {
  return p.m <= rows_most && !p.may_be_packed && !p.rounded && !p.a.transposed && p.b.transposed &&
         p.a.dtype == DType::f32 && p.c_dtype == DType::f32;
}

void matmul_dot(const simd::Kernels& simd, const Product& product) {
  switch (product.b.dtype) {
    case DType::bf16:
      return DotProduct(simd.dot, simd.dot.bf16, product).run();
    case DType::f16:
      return DotProduct(simd.dot, simd.dot.f16, product).run();
    default:
      return DotProduct(simd.dot, simd.dot.f32, product).run();
  }
}

}  // namespace mini_bert::kernels
