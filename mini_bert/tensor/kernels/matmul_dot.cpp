#include "mini_bert/tensor/kernels/matmul_dot.h"

#include <algorithm>

#include "mini_bert/tensor/divide_up.h"
#include "mini_bert/tensor/parallel.h"

// W is read once, from memory, row after row; x, a few rows, is copied into panels and stays in the second-level cache.
// A tile of C takes its terms in pieces of `piece`, so that the rows of W that it needs are still in the first-level
// cache when the second group of rows of x meets them.
namespace mini_bert::kernels {
namespace {

constexpr Index rows_most = 32;
constexpr Index piece = 768;

// Whoever is free takes the next share of the columns: 28 → 26 ms for one sentence where other programs run.
constexpr Index shares_per_thread = 4;

// Panels end at a whole register of every instruction set.
Index padded(Index terms) {
  return divide_up(terms, 16) * 16;
}

// W is stored as T.
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
    const Index tiles = divide_up(p_.n, tile_cols), shares = shares_per_thread * num_threads();
    const auto multiply_tile = [&](Index tile) { multiply(tile * tile_cols); };
    parallel_for(tiles, divide_up(tiles, shares), multiply_tile, Sharing::free);
  }

 private:
  static constexpr Index tile_rows = simd::DotProduct::tile_rows, tile_cols = simd::DotProduct::tile_cols;

  // Panels lie [piece][group of rows].
  float* panel(Index k, Index row) { return panels_.data<float>() + k * p_.m + row * padded(terms(k)); }
  Index terms(Index k) const { return std::min(piece, p_.k - k); }
  Index rows(Index row) const { return std::min(tile_rows, p_.m - row); }

  void pack_a() {
    const Index pieces = divide_up(p_.k, piece);
    constexpr Index grain = 8;  // fewer are copied before another thread would have begun
    parallel_for(groups_ * pieces, grain, [&](Index i) {
      const Index row = i % groups_ * tile_rows, k = i / groups_ * piece;
      simd_.pack(a_ + row * p_.a.ld + k, p_.a.ld, terms(k), rows(row), panel(k, row));
    });
  }

  // The columns of C from `col` on that make a tile. The rows of W that come next are fetched meanwhile, by every group
  // of rows its share.
  void multiply(Index col) {
    const Index cols = std::min(tile_cols, p_.n - col);
    Index k = 0;
    do {  // even when there are no terms: C becomes 0
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
  return p.m <= rows_most && !p.rounded && !p.a.transposed && p.b.transposed && p.a.dtype == DType::f32 &&
         p.c_dtype == DType::f32;
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
