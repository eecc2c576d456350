#include "tensor/kernels/matmul_blocked.h"

#include <algorithm>

#include "tensor/parallel.h"

// A product in blocks that fit the caches, after Goto & van de Geijn 2008, "Anatomy of high-performance matrix
// multiplication", ACM TOMS 34(3). From the outside in:
//
//   panels of B    `cols_packed` columns and `depth_packed` of the K terms of every sum, copied into panels of tile_cols
//                  columns by all threads together: third-level cache. Then each thread, for its rectangle of C:
//   row blocks     `row_block` rows of A …
//   depth blocks   … times `depth_block` terms, likewise in panels, of tile_rows rows: second-level cache
//   a panel of B   of that depth: first-level cache, while the panels of A stream past it
//   tiles          tile_rows × tile_cols elements of C, summed in registers
//
// Every element of C is the same chain of additions however the tiles are shared out, so the bits do not depend on the
// number of threads.
namespace mini_bert::kernels {
namespace {

// From measurements on a CPU with 32 KB, 512 KB and 32 MB of cache; docs/matrix_products.md.
constexpr Index depth_block = 256, depth_packed = 1024, row_block = 240, cols_packed = 3072;

// Rows of a panel of A that are copied before the same rows of the next panel: neighbouring panels share cache lines.
constexpr Index pack_depth = 64;

constexpr Index divide_up(Index n, Index by) {
  return (n + by - 1) / by;
}

// How `threads` share out C: rows × cols rectangles. The grid whose largest rectangle is smallest; of equals the one
// with more rows of rectangles, since then fewer threads copy the same rows of A.
struct Grid {
  Index rows, cols;
};
Grid grid_for(Index threads, Index row_panels, Index col_panels) {
  Grid best{1, threads};
  Index least = divide_up(row_panels, best.rows) * divide_up(col_panels, best.cols);
  for (Index rows = 2; rows <= threads; ++rows) {
    if (threads % rows != 0) continue;
    const Index largest = divide_up(row_panels, rows) * divide_up(col_panels, threads / rows);
    if (largest <= least) {
      best = {rows, threads / rows};
      least = largest;
    }
  }
  return best;
}

struct Range {
  Index begin, end;
  Index size() const { return end - begin; }
};

class BlockedProduct {
 public:
  BlockedProduct(const simd::Kernels& simd, const Product& product) : simd_(simd), p_(product) {}

  void run() {
    const Index most_panels = divide_up(std::min(cols_packed, p_.n), simd_.tile_cols);
    Tensor b_panels({most_panels * simd_.tile_cols, std::min(depth_packed, p_.k)});
    b_panels_ = b_panels.data<float>();
    for (Index col = 0; col < p_.n; col += cols_packed) {
      for (Index k = 0; k < p_.k; k += depth_packed) {
        multiply({col, std::min(col + cols_packed, p_.n)}, {k, std::min(k + depth_packed, p_.k)});
      }
    }
  }

 private:
  // The terms `depth` of the columns `cols` of C.
  void multiply(Range cols, Range depth) {
    const Index row_panels = divide_up(p_.m, simd_.tile_rows), col_panels = divide_up(cols.size(), simd_.tile_cols);
    parallel_for(col_panels, divide_up(col_panels, num_threads()), [&](Index panel) { pack_b(cols, depth, panel); });
    const Grid grid = grid_for(num_threads(), row_panels, col_panels);
    parallel_for(grid.rows * grid.cols, 1, [&](Index part) {
      const Index r = part / grid.cols, c = part % grid.cols;
      const Index row_end = std::min(row_panels * (r + 1) / grid.rows * simd_.tile_rows, p_.m);
      for (Index row = row_panels * r / grid.rows * simd_.tile_rows; row < row_end; row += row_block) {
        multiply_rows({row, std::min(row + row_block, row_end)}, cols, depth, col_panels * c / grid.cols,
                      col_panels * (c + 1) / grid.cols);
      }
    });
  }

  // The panels of B lie [depth block][panel][k][tile_cols].
  float* b_panel(Range cols, Range depth, Index k, Index deep, Index panel) const {
    const Index padded_cols = divide_up(cols.size(), simd_.tile_cols) * simd_.tile_cols;
    return b_panels_ + (k - depth.begin) * padded_cols + panel * simd_.tile_cols * deep;
  }

  void pack_b(Range cols, Range depth, Index panel) const {
    const Index col = cols.begin + panel * simd_.tile_cols, width = std::min(simd_.tile_cols, cols.end - col);
    for (Index k = depth.begin; k < depth.end; k += depth_block) {
      const Index deep = std::min(depth_block, depth.end - k);
      float* const target = b_panel(cols, depth, k, deep, panel);
      if (p_.b.transposed) {
        simd_.pack_transposed(p_.b.data + col * p_.b.ld + k, p_.b.ld, deep, width, target, simd_.tile_cols);
      } else {
        simd_.pack(p_.b.data + k * p_.b.ld + col, p_.b.ld, deep, width, target, simd_.tile_cols);
      }
    }
  }

  void pack_a(Index k, Index deep, Range rows, float* target) const {
    for (Index i = 0; i < deep; i += pack_depth) {
      const Index count = std::min(pack_depth, deep - i);
      for (Index row = rows.begin; row < rows.end; row += simd_.tile_rows) {
        const Index tall = std::min(simd_.tile_rows, rows.end - row);
        float* const panel = target + (row - rows.begin) * deep + i * tall;
        if (p_.a.transposed) {
          simd_.pack(p_.a.data + (k + i) * p_.a.ld + row, p_.a.ld, count, tall, panel, tall);
        } else {
          simd_.pack_transposed(p_.a.data + row * p_.a.ld + k + i, p_.a.ld, count, tall, panel, tall);
        }
      }
    }
  }

  void multiply_rows(Range rows, Range cols, Range depth, Index panel_begin, Index panel_end) const {
    thread_local Tensor a_panels({row_block * depth_block});
    float* const a = a_panels.data<float>();
    for (Index k = depth.begin; k < depth.end; k += depth_block) {
      const Index deep = std::min(depth_block, depth.end - k);
      pack_a(k, deep, rows, a);
      const bool accumulate = k > 0 || p_.output == Output::accumulate;
      for (Index panel = panel_begin; panel < panel_end; ++panel) {
        const Index col = cols.begin + panel * simd_.tile_cols, width = std::min(simd_.tile_cols, cols.end - col);
        const float* const b = b_panel(cols, depth, k, deep, panel);
        const float* const bias = p_.bias == nullptr || k > 0 ? nullptr : p_.bias + col;
        for (Index row = rows.begin; row < rows.end; row += simd_.tile_rows) {
          const Index tall = std::min(simd_.tile_rows, rows.end - row);
          simd_.tile[tall - 1](deep, a + (row - rows.begin) * deep, b, p_.c + row * p_.ldc + col, p_.ldc, width,
                               accumulate, bias);
        }
      }
    }
  }

  const simd::Kernels& simd_;
  const Product& p_;
  float* b_panels_ = nullptr;
};

}  // namespace

void matmul_blocked(const simd::Kernels& simd, const Product& product) {
  BlockedProduct(simd, product).run();
}

}  // namespace mini_bert::kernels
