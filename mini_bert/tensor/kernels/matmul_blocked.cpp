#include "mini_bert/tensor/kernels/matmul_blocked.h"

#include <algorithm>

#include "mini_bert/tensor/divide_up.h"
#include "mini_bert/tensor/kernels/matmul_dot.h"
#include "mini_bert/tensor/kernels/product_grid.h"
#include "mini_bert/tensor/parallel.h"
#include "mini_bert/tensor/rehearsal.h"

// Matrix products in blocks that fit the caches, after Goto & van de Geijn 2008, "Anatomy of high-performance matrix
// multiplication", ACM TOMS 34(3). From the outer loop to the inner loop:
//
//   panels of B    All threads together copy `cols_packed` columns and `depth_packed` of the K terms of every sum into
//                  panels of tile_cols columns. They stay in the third-level cache. Each thread then computes a
//                  rectangle of C:
//   row blocks     `row_block` rows of A at a time,
//   depth blocks   `depth_block` terms at a time, copied into panels of tile_rows rows: second-level cache
//   a panel of B   `depth_block` terms of it stay in the first-level cache, while the panels of A stream past
//   tiles          tile_rows × tile_cols elements of C, summed in registers
//
// When C is a single row block, each panel of B is used only once. Then each thread gets some columns of C and copies
// its own panels of B, `panels_at_once` at a time.
//
// Every element of C is computed by the same sequence of additions, whichever thread computes its tile. So the bits do
// not depend on the number of threads.
namespace mini_bert::kernels {
namespace {

// Sized for caches of 512 KB and some MB (docs/matrix_products.md). A depth block is that of the tiles
// (TiledProduct::block_words); depth_packed is a multiple of it.
constexpr Index depth_packed = 1024, row_block = 240, cols_packed = 3072;

// The number of terms that are copied into one panel before the next panel. It is smaller where the elements of one
// term are contiguous in memory: neighbouring panels share cache lines there, and a small number reads memory along its
// rows.
constexpr Index pack_depth = 64, pack_depth_along = 16;

// A thread that copies its own panels copies this many at once. Their rows lie in one page, and they stay in the
// second-level cache.
constexpr Index panels_at_once = 4;

// The floats that each thread keeps for its own panels of A and of B.
constexpr Index panels_of_a = row_block * 256, own_panels = panels_at_once * simd::TiledProduct::most_block_floats;

// With at most this many rows in dY·W, W is read in place: a copy would be reused too rarely to pay off.
constexpr Index in_place_rows_most = 32;

class BlockedProduct {
 public:
  BlockedProduct(const simd::Kernels& simd, const Product& product)
      : simd_(simd),
        tiled_(product.rounded ? simd.bf16_terms : simd.f32_terms),
        p_(product),
        depth_block_(tiled_.block_words * tiled_.terms_per_word),
        one_row_block_(product.m <= row_block),
        b_in_place_(product.m <= in_place_rows_most && !product.b.transposed && !product.rounded &&
                    product.b.dtype == DType::f32) {}

  void run() {
    // A bfloat16 result is rounded once, when its sums are complete. A weight in panels needs no memory here.
    const bool whole_depth = p_.c_dtype == DType::bf16 || p_.panels != nullptr;
    const Index deepest = whole_depth ? std::max(p_.k, Index{1}) : depth_packed;
    const Index widest = p_.panels != nullptr ? p_.n : cols_packed;
    const Index most_panels = packs_together() ? divide_up(std::min(cols_packed, p_.n), tiled_.tile_cols) : 0;
    Tensor b_panels({most_panels * tiled_.tile_cols, std::max(words(std::min(deepest, p_.k)), Index{1})});
    b_panels_ = b_panels.data<float>();
    for (Index col = 0; col < p_.n; col += widest) {
      Index k = 0;
      do {  // runs once even without terms, so that C becomes 0
        multiply({col, std::min(col + widest, p_.n)}, {k, std::min(k + deepest, p_.k)});
      } while ((k += deepest) < p_.k);
    }
  }

 private:
  Index words(Index terms) const { return divide_up(terms, tiled_.terms_per_word); }
  bool packs_together() const { return !one_row_block_ && p_.panels == nullptr; }
  bool packs_alone() const { return one_row_block_ && p_.panels == nullptr; }

  // Adds the terms `depth` to the columns `cols` of C.
  void multiply(Range cols, Range depth) {
    const Index row_panels = divide_up(p_.m, tiled_.tile_rows), col_panels = divide_up(cols.size(), tiled_.tile_cols);
    if (packs_together()) pack_b_together(cols, depth, col_panels);
    const Grid grid = one_row_block_ ? Grid{1, num_threads()} : grid_for(num_threads(), row_panels, col_panels);
    note_scratch(grid, row_panels, col_panels);
    parallel_for(grid.rows * grid.cols, 1, [&](Index part) {
      const Index r = part / grid.cols, c = part % grid.cols;
      const Index row_end = std::min(row_panels * (r + 1) / grid.rows * tiled_.tile_rows, p_.m);
      for (Index row = row_panels * r / grid.rows * tiled_.tile_rows; row < row_end; row += row_block) {
        multiply_rows({row, std::min(row + row_block, row_end)}, cols, depth,
                      {col_panels * c / grid.cols, col_panels * (c + 1) / grid.cols});
      }
    });
  }

  // The memory of a thread in multiply_rows(), for the largest part of the grid.
  void note_scratch(Grid grid, Index row_panels, Index col_panels) const {
    if (!Rehearsal::is_running()) return;
    const auto bytes = [](Index floats) { return static_cast<std::size_t>(floats) * sizeof(float); };
    Rehearsal::scratch(Rehearsal::Scratch::panels_of_a, bytes(panels_of_a));
    Rehearsal::scratch(Rehearsal::Scratch::panels_of_b, bytes(own_panels));
    if (p_.c_dtype != DType::bf16) return;
    const Index rows = std::min({row_block, p_.m, divide_up(row_panels, grid.rows) * tiled_.tile_rows});
    const Index cols = std::min(p_.n, divide_up(col_panels, grid.cols) * tiled_.tile_cols);
    Rehearsal::passing(bytes(rows * cols));
  }

  void pack_b_together(Range cols, Range depth, Index col_panels) const {
    if (p_.b.transposed) {
      parallel_for(col_panels, divide_up(col_panels, num_threads()), [&](Index panel) {
        for (Index k = depth.begin; k < depth.end; k += depth_block_) {
          pack_b(cols, panel, k, std::min(depth_block_, depth.end - k), b_panel(cols, depth, k, panel));
        }
      });
    } else {
      const Index slices = divide_up(depth.size(), pack_depth_along);
      parallel_for(slices, std::max(divide_up(slices, num_threads()), Index{1}), [&](Index slice) {
        const Index k = depth.begin + slice * pack_depth_along;
        for (Index panel = 0; panel < col_panels; ++panel) {
          pack_b(cols, panel, k, std::min(pack_depth_along, depth.end - k), b_panel(cols, depth, k, panel));
        }
      });
    }
  }

  // Panels of B are stored as [depth block][panel][words][tile_cols]. Returns the address of term k of a panel.
  float* b_panel(Range cols, Range depth, Index k, Index panel) const {
    const Index padded_cols = divide_up(cols.size(), tiled_.tile_cols) * tiled_.tile_cols;
    const Index block = depth.begin + (k - depth.begin) / depth_block_ * depth_block_;
    const Index deep = std::min(depth_block_, depth.end - block);
    return b_panels_ + words(block - depth.begin) * padded_cols +
           (panel * words(deep) + words(k - block)) * tiled_.tile_cols;
  }

  void pack_b(Range cols, Index panel, Index k, Index deep, float* target) const {
    const Index col = cols.begin + panel * tiled_.tile_cols, width = std::min(tiled_.tile_cols, cols.end - col);
    pack(p_.b, !p_.b.transposed, col, width, k, deep, target, tiled_.tile_cols);
  }

  struct PanelOfB {
    const float* data;
    Index ld;  // distance between words
  };

  // Returns the terms `block` of a panel of B. With one row block, they are read in place or copied now, together with
  // the next panels. Otherwise all threads have copied them before.
  PanelOfB panel_of_b(Range cols, Range depth, Range block, Index panel, Range panels, float* own) const {
    if (p_.panels != nullptr) return panel_of_weight(block, panel, own);
    const Index col = cols.begin + panel * tiled_.tile_cols;
    if (!one_row_block_) return {b_panel(cols, depth, block.begin, panel), tiled_.tile_cols};
    if (b_in_place_ && col + tiled_.tile_cols <= cols.end) {
      return {static_cast<const float*>(p_.b.data) + block.begin * p_.b.ld + col, p_.b.ld};
    }
    const Index copied = b_in_place_ ? 0 : (panel - panels.begin) % panels_at_once;
    if (copied == 0) {
      pack_b_alone(cols, {panel, std::min(panel + panels_at_once, panels.end)}, block.begin, block.size(), own);
    }
    return {own + copied * words(block.size()) * tiled_.tile_cols, tiled_.tile_cols};
  }

  // The same terms of a panel of the weight. Halves are widened now.
  PanelOfB panel_of_weight(Range block, Index panel, float* own) const {
    const WeightPanels& weight = *p_.panels;
    const Index width = tiled_.tile_cols;
    if (weight.elements != WeightPanels::Elements::halves) {
      return {weight.values.data<float>() + (panel * words(p_.k) + words(block.begin)) * width, width};
    }
    const std::byte* const halves = weight.values.raw() + panel * p_.k * width * Index{sizeof(BFloat16)};
    pack({halves, weight.values.dtype(), width, true}, true, 0, width, block.begin, block.size(), own, width);
    return {own, width};
  }

  // Copies the panels `panels` in turn.
  void pack_b_alone(Range cols, Range panels, Index k, Index deep, float* target) const {
    const Index slice = p_.b.transposed ? depth_block_ : pack_depth_along;
    for (Index i = 0; i < deep; i += slice) {
      for (Index panel = panels.begin; panel < panels.end; ++panel) {
        pack_b(cols, panel, k + i, std::min(slice, deep - i),
               target + ((panel - panels.begin) * words(deep) + words(i)) * tiled_.tile_cols);
      }
    }
  }

  // Copies `count` rows of A or columns of B, `deep` terms each. If `along`, the elements of one term are contiguous.
  void pack(const Factor& x, bool along, Index first, Index count, Index k, Index deep, float* panel,
            Index width) const {
    const Index offset = along ? k * x.ld + first : first * x.ld + k;
    const simd::TiledProduct::Packs& packs = along ? tiled_.pack : tiled_.pack_transposed;
    if (x.dtype == DType::bf16) {
      packs.bf16(static_cast<const BFloat16*>(x.data) + offset, x.ld, deep, count, panel, width);
    } else if (x.dtype == DType::f16) {
      packs.f16(static_cast<const Float16*>(x.data) + offset, x.ld, deep, count, panel, width);
    } else {
      packs.f32(static_cast<const float*>(x.data) + offset, x.ld, deep, count, panel, width);
    }
  }

  void pack_a(Index k, Index deep, Range rows, float* target) const {
    const Index slice = p_.a.transposed ? pack_depth_along : pack_depth;
    for (Index i = 0; i < deep; i += slice) {
      for (Index row = rows.begin; row < rows.end; row += tiled_.tile_rows) {
        const Index tall = std::min(tiled_.tile_rows, rows.end - row);
        float* const panel = target + (row - rows.begin) * words(deep) + words(i) * tall;
        pack(p_.a, p_.a.transposed, row, tall, k + i, std::min(slice, deep - i), panel, tall);
      }
    }
  }

  void multiply_rows(Range rows, Range cols, Range depth, Range panels) const {
    thread_local Tensor a_panels({panels_of_a});
    thread_local Tensor b_panels({own_panels});
    float* const a = a_panels.data<float>();
    // Sums are formed in C itself, or in f32 memory when C is bfloat16, and then rounded once.
    const bool narrow = p_.c_dtype == DType::bf16;
    const Range wide = {cols.begin + panels.begin * tiled_.tile_cols,
                        std::min(cols.begin + panels.end * tiled_.tile_cols, cols.end)};
    Tensor sums = narrow ? Tensor({rows.size(), wide.size()}) : Tensor();
    const Index ldc = narrow ? wide.size() : p_.ldc;
    float* const c = narrow ? sums.data<float>() : static_cast<float*>(p_.c) + rows.begin * ldc + wide.begin;

    Index begin = depth.begin;
    const Index section = depth_of_a(rows);
    do {
      const Range part = {begin, std::min(begin + section, depth.end)};
      for (Index k = part.begin; k < part.end; k += depth_block_) {
        pack_a(k, std::min(depth_block_, part.end - k), rows, a + rows.size() * words(k - part.begin));
      }
      for (Index panel = panels.begin; panel < panels.end; ++panel) {
        const Range panel_cols = {cols.begin + panel * tiled_.tile_cols, cols.end};
        Index k = part.begin;
        do {
          const Range block = {k, std::min(k + depth_block_, part.end)};
          const PanelOfB b = panel_of_b(cols, depth, block, panel, panels, b_panels.data<float>());
          multiply_panels(rows, panel_cols, block, a + rows.size() * words(k - part.begin), b,
                          fetched_after(cols, depth, part, block, panel, panels), c + panel_cols.begin - wide.begin,
                          ldc);
        } while ((k += depth_block_) < part.end);
      }
    } while ((begin += section) < depth.end);
    for (Index row = 0; narrow && row < rows.size(); ++row) {
      simd_.narrow_row(c + row * ldc, static_cast<BFloat16*>(p_.c) + (rows.begin + row) * p_.ldc + wide.begin,
                       wide.size(), p_.output == Output::accumulate);
    }
  }

  // How many terms of A are packed at once: as many as have room. Several depth blocks of a panel of B then follow each
  // other, and C is still in the first-level cache when the next one is added. A thread that copies its own panels of B
  // copies one depth block of several panels.
  Index depth_of_a(Range rows) const {
    if (packs_alone()) return depth_block_;
    return std::max(panels_of_a / (rows.size() * words(depth_block_)), Index{1}) * depth_block_;
  }

  // The words of B that are needed after `block` of `panel`. Empty if they are not in memory as words.
  simd::Fetched fetched_after(Range cols, Range depth, Range part, Range block, Index panel, Range panels) const {
    const bool halves = p_.panels != nullptr && p_.panels->elements == WeightPanels::Elements::halves;
    if (halves || packs_alone()) return {};
    Range next = {block.end, std::min(block.end + depth_block_, part.end)};
    if (next.begin == part.end) {
      if (++panel == panels.end) return {};
      next = {part.begin, std::min(part.begin + depth_block_, part.end)};
    }
    const float* const b = panel_of_b(cols, depth, next, panel, panels, nullptr).data;
    return {b, b + words(next.size()) * tiled_.tile_cols};
  }

  // Adds the terms `block` to the rows of one panel of C. Its first column is cols.begin. Meanwhile it prefetches
  // `fetched`.
  void multiply_panels(Range rows, Range cols, Range block, const float* a, PanelOfB b, simd::Fetched fetched, float* c,
                       Index ldc) const {
    const Index k = block.begin, deep = block.size();
    const bool accumulate = k > 0 || (p_.output == Output::accumulate && p_.c_dtype != DType::bf16);
    const float* const bias = p_.bias == nullptr || k > 0 ? nullptr : p_.bias + cols.begin;
    for (Index row = 0; row < rows.size(); row += tiled_.tile_rows) {
      const Index tall = std::min(tiled_.tile_rows, rows.size() - row);
      tiled_.tile[tall - 1](words(deep), a + row * words(deep), b.data, b.ld, c + row * ldc, ldc,
                            std::min(tiled_.tile_cols, cols.size()), accumulate, bias,
                            share(fetched, row, row + tall, rows.size()));
    }
  }

  const simd::Kernels& simd_;
  const simd::TiledProduct& tiled_;
  const Product& p_;
  const Index depth_block_;  // terms
  const bool one_row_block_, b_in_place_;
  float* b_panels_ = nullptr;
};

}  // namespace

void matmul_blocked(const simd::Kernels& simd, const Product& product) {
  if (product.m == 0 || product.n == 0) return;
  if (is_dot_product(product)) return matmul_dot(simd, product);
  BlockedProduct(simd, product).run();
}

}  // namespace mini_bert::kernels
