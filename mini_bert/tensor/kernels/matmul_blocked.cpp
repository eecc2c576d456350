#include "mini_bert/tensor/kernels/matmul_blocked.h"

#include <algorithm>

#include "mini_bert/tensor/divide_up.h"
#include "mini_bert/tensor/kernels/matmul_dot.h"
#include "mini_bert/tensor/kernels/matmul_panels.h"
#include "mini_bert/tensor/kernels/product_grid.h"
#include "mini_bert/tensor/parallel.h"
#include "mini_bert/tensor/rehearsal.h"

// Matrix products in blocks that fit the caches, after Goto & van de Geijn 2008, "Anatomy of high-performance matrix
// multiplication", ACM TOMS 34(3). From the outer loop to the inner loop:
//
//   panels of B    All threads together copy `cols_packed` columns and `depth_packed` of the K terms of every sum into
//                  panels of tile_cols columns. They stay in the third-level cache. Each thread then computes a
//                  rectangle of C:
//   row blocks     at most `row_block` rows of A at a time,
//   sections       as many terms of these rows as stay in the second-level cache, copied into panels of tile_rows rows
//   a panel of B   `depth_block` terms of it at a time stay in the first-level cache, while the rows of A stream past
//   tiles          tile_rows × tile_cols elements of C, summed in registers
//
// A is read in place if its words are in memory (has_words_of_a) and it has more than `few_rows` rows. When C is a
// single row block, each panel of B is used only once. Then each thread gets some columns of C and copies a depth block
// of B when it needs it. If B is in memory as rows of floats, the first tile reads it there and copies it meanwhile.
//
// Every element of C is computed by the same sequence of additions, whichever thread computes its tile. So the bits do
// not depend on the number of threads.
namespace mini_bert::kernels {
namespace {

// Sized for caches of 512 KB and some MB (docs/matrix_products.md). A depth block is that of the tiles
// (TiledProduct::block_words); depth_packed is a multiple of it.
constexpr Index depth_packed = 1024, row_block = 240, cols_packed = 3072;

// Room for a section of A and a depth block of B, in floats.
constexpr Index section_of_a = row_block * 256, block_of_b = simd::TiledProduct::most_block_floats;

// At most this many rows of A are copied in no time.
constexpr Index few_rows = 32;

class BlockedProduct {
 public:
  BlockedProduct(const simd::Kernels& simd, const Product& product)
      : simd_(simd),
        tiled_(product.rounded ? simd.bf16_terms : simd.f32_terms),
        p_(product),
        depth_block_(tiled_.depth_block()),
        one_row_block_(product.m <= row_block),
        a_in_place_(product.m > few_rows && has_words_of_a()),
        b_(tiled_, product, one_row_block_) {}

  void run() {
    // A bfloat16 result is rounded once, when its sums are complete. A weight in panels needs no memory here.
    const bool whole_depth = p_.c_dtype == DType::bf16 || p_.panels != nullptr;
    const Index deepest = whole_depth ? p_.k : std::min(p_.k, depth_packed);
    const Index widest = p_.panels != nullptr ? p_.n : cols_packed;
    b_.reserve(std::min(widest, p_.n), deepest);
    a_floats_ = a_in_place_ ? 0 : std::min(section_of_a, std::min(row_block, p_.m) * words(deepest));
    Tensor own({num_threads() * own_floats()});
    own_ = own.data<float>();
    for (Index col = 0; col < p_.n; col += widest) {
      Index k = 0;
      do {  // runs once even without terms, so that C becomes 0
        multiply({col, std::min(col + widest, p_.n)}, {k, std::min(k + deepest, p_.k)});
      } while ((k += deepest) < p_.k);
    }
  }

 private:
  Index words(Index terms) const { return tiled_.words(terms); }

  // Whether the words of A are in memory as the panels would have them.
  bool has_words_of_a() const {
    if (p_.a.transposed) return false;
    if (tiled_.terms_per_word == 1) return p_.a.dtype == DType::f32 && !p_.rounded;
    return p_.a.dtype == DType::bf16 && p_.k % 2 == 0 && p_.a.ld % 2 == 0;
  }

  // Adds the terms `depth` to the columns `cols` of C.
  void multiply(Range cols, Range depth) {
    const Index row_panels = divide_up(p_.m, tiled_.tile_rows);
    b_.prepare(cols, depth);
    const Index col_panels = b_.count();
    const Grid grid = one_row_block_ ? Grid{1, num_threads()} : grid_for(num_threads(), row_panels, col_panels);
    note_sums(grid, row_panels, col_panels);
    parallel_for(grid.rows * grid.cols, 1, [&](Index part) {
      const Index r = part / grid.cols, c = part % grid.cols;
      const Range panels = share(row_panels, r, grid.rows);
      const Index blocks = row_blocks(panels.size());
      for (Index block = 0; block < blocks; ++block) {
        const Range rows = share(panels.size(), block, blocks);
        multiply_rows({(panels.begin + rows.begin) * tiled_.tile_rows,
                       std::min((panels.begin + rows.end) * tiled_.tile_rows, p_.m)},
                      depth, share(col_panels, c, grid.cols), own_ + part * own_floats());
      }
    });
  }

  // Row blocks have nearly the same size. A last one of few rows would read all panels of B for little work.
  Index row_blocks(Index row_panels) const { return divide_up(row_panels, row_block / tiled_.tile_rows); }

  // The memory of one part of the grid for its section of A and its block of B. All of it is taken at once and by one
  // thread: then the plan of a run's memory (bert/training/memory.h) does not depend on which thread came first.
  Index own_floats() const { return divide_up(a_floats_, Index{16}) * 16 + block_of_b; }

  // The sums of multiply_rows(), for the largest part of the grid.
  void note_sums(Grid grid, Index row_panels, Index col_panels) const {
    if (p_.c_dtype != DType::bf16) return;
    const Index panels = divide_up(row_panels, grid.rows);
    const Index rows = std::min(divide_up(panels, row_blocks(panels)) * tiled_.tile_rows, p_.m);
    const Index cols = std::min(p_.n, divide_up(col_panels, grid.cols) * tiled_.tile_cols);
    Rehearsal::passing(static_cast<std::size_t>(rows * cols) * sizeof(float));
  }

  void pack_a(Index k, Index deep, Range rows, float* target) const {
    const Index slice = p_.a.transposed ? pack_depth_along : pack_depth;
    for (Index i = 0; i < deep; i += slice) {
      for (Index row = rows.begin; row < rows.end; row += tiled_.tile_rows) {
        const Index tall = std::min(tiled_.tile_rows, rows.end - row);
        float* const panel = target + (row - rows.begin) * words(deep) + words(i) * tall;
        pack(tiled_, p_.a, p_.a.transposed, row, tall, k + i, std::min(slice, deep - i), panel, tall);
      }
    }
  }

  // `own` is memory of this thread's part.
  void multiply_rows(Range rows, Range depth, Range panels, float* own) const {
    float* const a = own + block_of_b;
    // Sums are formed in C itself, or in f32 memory when C is bfloat16, and then rounded once.
    const bool narrow = p_.c_dtype == DType::bf16;
    const Index first = b_.cols_from(panels.begin).begin;
    const Index width = std::min(panels.size() * tiled_.tile_cols, b_.cols_from(panels.begin).size());
    Tensor sums = narrow ? Tensor({rows.size(), width}) : Tensor();
    const Index ldc = narrow ? width : p_.ldc;
    float* const c = narrow ? sums.data<float>() : static_cast<float*>(p_.c) + rows.begin * ldc + first;

    Index begin = depth.begin;
    const Index section = depth_of_a(rows);
    do {
      const Range part = {begin, std::min(begin + section, depth.end)};
      for (Index k = part.begin; k < part.end && !a_in_place_; k += depth_block_) {
        pack_a(k, std::min(depth_block_, part.end - k), rows, a + rows.size() * words(k - part.begin));
      }
      for (Index panel = panels.begin; panel < panels.end; ++panel) {
        Index k = part.begin;
        do {
          const Range block = {k, std::min(k + depth_block_, part.end)};
          multiply_panel(rows, block, panel, rows_of_a(rows, part, block, a), b_.panel(block, panel, own),
                         fetched_after(part, block, panel, panels), c + b_.cols_from(panel).begin - first, ldc);
        } while ((k += depth_block_) < part.end);
      }
    } while ((begin += section) < depth.end);
    for (Index row = 0; narrow && row < rows.size(); ++row) {
      simd_.narrow_row(c + row * ldc, static_cast<BFloat16*>(p_.c) + (rows.begin + row) * p_.ldc + first, width,
                       p_.output == Output::accumulate);
    }
  }

  // How many terms of A a section has: as many as there is room for in copies. Several depth blocks of a panel of B
  // then follow each other, and C is still in the first-level cache when the next one is added. B in place is read
  // along its rows instead.
  Index depth_of_a(Range rows) const {
    if (b_.reads_rows()) return depth_block_;
    return std::max(section_of_a / (rows.size() * words(depth_block_)), Index{1}) * depth_block_;
  }

  // What is needed of B after `block` of `panel`.
  simd::Fetched fetched_after(Range part, Range block, Index panel, Range panels) const {
    Range next = {block.end, std::min(block.end + depth_block_, part.end)};
    if (next.begin == part.end) {
      if (++panel == panels.end) return {};
      next = {part.begin, std::min(part.begin + depth_block_, part.end)};
    }
    return b_.fetched(next, panel);
  }

  struct RowsOfA {
    const float* data;
    Index ld;  // how many words each row has here
  };

  // The terms `block` of rows of A, in place or in the copied terms `part`.
  RowsOfA rows_of_a(Range rows, Range part, Range block, const float* copied) const {
    if (!a_in_place_) return {copied + rows.size() * words(block.begin - part.begin), words(block.size())};
    const Index ld = words(p_.a.ld);
    return {static_cast<const float*>(p_.a.data) + rows.begin * ld + words(block.begin), ld};
  }

  // Adds the terms `block` to the rows of one panel of C. Meanwhile it prefetches `fetched`.
  void multiply_panel(Range rows, Range block, Index panel, RowsOfA a, PanelsOfB::Panel b, simd::Fetched fetched,
                      float* c, Index ldc) const {
    const Range cols = b_.cols_from(panel);
    const bool is_first = block.begin == 0;
    const bool accumulate = !is_first || (p_.output == Output::accumulate && p_.c_dtype != DType::bf16);
    const float* const bias = p_.bias == nullptr || !is_first ? nullptr : p_.bias + cols.begin;
    const simd::TiledProduct::Tiles& tiles = a_in_place_ ? tiled_.in_place : tiled_.in_panels;
    for (Index row = 0; row < rows.size(); row += tiled_.tile_rows) {
      const Index tall = std::min(tiled_.tile_rows, rows.size() - row);
      const simd::TiledProduct::Tile tile = b.copy == nullptr ? tiles.of_rows[tall - 1] : tiles.copying;
      tile(words(block.size()), a.data + row * a.ld, a.ld, b,
           {c + row * ldc, ldc, std::min(tiled_.tile_cols, cols.size()), accumulate, bias,
            share(fetched, row, row + tall, rows.size())});
      if (b.copy != nullptr) b = {b.copy, tiled_.tile_cols, nullptr};
    }
  }

  const simd::Kernels& simd_;
  const simd::TiledProduct& tiled_;
  const Product& p_;
  const Index depth_block_;  // terms
  const bool one_row_block_, a_in_place_;
  PanelsOfB b_;
  float* own_ = nullptr;
  Index a_floats_ = 0;
};

}  // namespace

void matmul_blocked(const simd::Kernels& simd, const Product& product) {
  if (product.m == 0 || product.n == 0) return;
  if (is_dot_product(product)) return matmul_dot(simd, product);
  BlockedProduct(simd, product).run();
}

}  // namespace mini_bert::kernels
