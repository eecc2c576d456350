#pragma once

#include "mini_bert/tensor/kernels/matmul_blocked.h"
#include "mini_bert/tensor/kernels/product_grid.h"
#include "mini_bert/tensor/tensor.h"

// Panels of the factors of a product (matmul_blocked.cpp): `width` neighbouring columns of B, or rows of A, stored as
// [words][width].
namespace mini_bert::kernels {

// The number of terms that are copied into one panel before the next panel. It is smaller where the elements of one
// term are contiguous in memory: neighbouring panels share cache lines there, and a small number reads memory along its
// rows.
constexpr Index pack_depth = 64, pack_depth_along = 16;

// Copies the terms [k, k + deep) of `count` ≤ width rows of A or columns of B, beginning with `first`. If `along`, the
// elements of one term are contiguous in memory.
void pack(const simd::TiledProduct& tiled, const Factor& x, bool along, Index first, Index count, Index k, Index deep,
          float* panel, Index width);

// Gives tiles the panels of B, from wherever they are.
class PanelsOfB {
 public:
  using Panel = simd::TiledProduct::PanelOfB;

  // If C is a single row block, each panel is used only once by each thread.
  PanelsOfB(const simd::TiledProduct& tiled, const Product& product, bool one_row_block);

  // Takes the memory for parts of at most so many columns and terms.
  void reserve(Index cols, Index terms);

  // The columns and terms that are multiplied next. All threads together copy them, if they are copied beforehand.
  void prepare(Range cols, Range depth);

  // How many panels the part has, and the columns of C from a panel to the end of the part.
  Index count() const { return divide_up(cols_.size(), tiled_.tile_cols); }
  Range cols_from(Index panel) const { return {cols_.begin + panel * tiled_.tile_cols, cols_.end}; }

  // The terms `block` of a panel. They are copied to `own`, now or by the first tile, if nothing else holds them.
  Panel panel(Range block, Index panel, float* own) const;

  // What is to be prefetched of them.
  simd::Fetched fetched(Range block, Index panel) const;

  // Whether B is read along its rows.
  bool reads_rows() const { return source_ == Source::in_place; }

 private:
  enum class Source {
    weight,    // a weight in panels: f32, or halves, which are widened when they are needed
    together,  // all threads have copied the part beforehand
    alone,     // each thread copies what it needs when it needs it
    in_place,  // in memory as rows of floats; a first tile copies what others need
  };
  static Source source_of(const Product& product, bool one_row_block);

  bool is_whole(Index panel) const { return cols_from(panel).size() >= tiled_.tile_cols; }
  bool has_halves() const;
  float* copied(Index k, Index panel) const;
  const std::byte* halves(Index k, Index panel) const;
  const float* weight_words(Index k, Index panel) const;
  const void* in_place(Index k, Index panel) const;
  void copy(Index panel, Index k, Index deep, float* target) const;

  const simd::TiledProduct& tiled_;
  const Product& p_;
  const Source source_;
  Tensor memory_;
  float* copies_ = nullptr;
  Range cols_{}, depth_{};
};

}  // namespace mini_bert::kernels
