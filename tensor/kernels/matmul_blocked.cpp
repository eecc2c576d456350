#include "tensor/kernels/matmul_blocked.h"

#include <algorithm>

#include "tensor/parallel.h"

// A product in blocks that fit the caches, after Goto & van de Geijn 2008, "Anatomy of high-performance matrix
// multiplication", ACM TOMS 34(3). From the outside in:
//
//   depth blocks   `depth_block` of the K terms of every sum
//   B panels       those rows of B, cut into panels of tile_cols columns, each panel contiguous: a thread streams
//                  through a panel from its first- or second-level cache
//   row blocks     `row_block` rows of A, likewise in panels of tile_rows rows: stay in the second-level cache
//   tiles          tile_rows × tile_cols elements of C, summed in registers
//
// Every element of C is the same chain of additions however the tiles are shared out, so the bits do not depend on the
// number of threads.
namespace mini_bert::kernels {
namespace {

constexpr Index depth_block = 384, row_block = 120;

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

class BlockedProduct {
 public:
  BlockedProduct(const simd::Kernels& simd, const Product& product) : simd_(simd), p_(product) {}

  void run() {
    const Index row_panels = divide_up(p_.m, simd_.tile_rows), col_panels = divide_up(p_.n, simd_.tile_cols);
    const Grid grid = grid_for(num_threads(), row_panels, col_panels);
    const Index depth = std::min(depth_block, p_.k);
    Tensor b_panels({col_panels, simd_.tile_cols * depth});
    for (Index k = 0; k < p_.k; k += depth_block) {
      const Index deep = std::min(depth_block, p_.k - k);
      parallel_for(col_panels, divide_up(col_panels, num_threads()), [&](Index panel) {
        pack_b(k, deep, panel, b_panels.data<float>() + panel * simd_.tile_cols * deep);
      });
      parallel_for(grid.rows * grid.cols, 1, [&](Index part) {
        const Index r = part / grid.cols, c = part % grid.cols;
        compute(k, deep, b_panels.data<float>(), row_panels * r / grid.rows, row_panels * (r + 1) / grid.rows,
                col_panels * c / grid.cols, col_panels * (c + 1) / grid.cols);
      });
    }
  }

 private:
  void pack_b(Index k, Index deep, Index panel, float* target) const {
    const Index col = panel * simd_.tile_cols, cols = std::min(simd_.tile_cols, p_.n - col);
    if (p_.b.transposed) {
      simd_.pack_transposed(p_.b.data + col * p_.b.ld + k, p_.b.ld, deep, cols, target, simd_.tile_cols);
    } else {
      simd_.pack(p_.b.data + k * p_.b.ld + col, p_.b.ld, deep, cols, target, simd_.tile_cols);
    }
  }

  void pack_a(Index k, Index deep, Index row, Index rows, float* target) const {
    if (p_.a.transposed) {
      simd_.pack(p_.a.data + k * p_.a.ld + row, p_.a.ld, deep, rows, target, rows);
    } else {
      simd_.pack_transposed(p_.a.data + row * p_.a.ld + k, p_.a.ld, deep, rows, target, rows);
    }
  }

  // The terms k … k+deep-1 of a rectangle of C, given in panels.
  void compute(Index k, Index deep, const float* b_panels, Index row_begin, Index row_end, Index col_begin,
               Index col_end) const {
    thread_local Tensor a_panels({row_block * depth_block});
    float* const a = a_panels.data<float>();
    const bool accumulate = k > 0 || p_.output == Output::accumulate;
    const Index end = std::min(row_end * simd_.tile_rows, p_.m);
    for (Index row = row_begin * simd_.tile_rows; row < end; row += row_block) {
      const Index rows = std::min(row_block, end - row);
      for (Index r = 0; r < rows; r += simd_.tile_rows) {
        pack_a(k, deep, row + r, std::min(simd_.tile_rows, rows - r), a + r * deep);
      }
      for (Index panel = col_begin; panel < col_end; ++panel) {
        const float* const b = b_panels + panel * simd_.tile_cols * deep;
        const Index col = panel * simd_.tile_cols, cols = std::min(simd_.tile_cols, p_.n - col);
        const float* const bias = p_.bias == nullptr || k > 0 ? nullptr : p_.bias + col;
        for (Index r = 0; r < rows; r += simd_.tile_rows) {
          const Index tall = std::min(simd_.tile_rows, rows - r);
          float* const c = p_.c + (row + r) * p_.ldc + col;
          simd_.tile[tall - 1](deep, a + r * deep, b, c, p_.ldc, cols, accumulate, bias);
        }
      }
    }
  }

  const simd::Kernels& simd_;
  const Product& p_;
};

}  // namespace

void matmul_blocked(const simd::Kernels& simd, const Product& product) {
  BlockedProduct(simd, product).run();
}

}  // namespace mini_bert::kernels
