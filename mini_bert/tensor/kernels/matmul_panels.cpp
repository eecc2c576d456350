#include "mini_bert/tensor/kernels/matmul_panels.h"

#include <algorithm>

#include "mini_bert/tensor/parallel.h"

namespace mini_bert::kernels {

void pack(const simd::TiledProduct& tiled, const Factor& x, bool along, Index first, Index count, Index k, Index deep,
          float* panel, Index width) {
  const Index offset = along ? k * x.ld + first : first * x.ld + k;
  const simd::TiledProduct::Packs& packs = along ? tiled.pack : tiled.pack_transposed;
  if (x.dtype == DType::bf16) {
    packs.bf16(static_cast<const BFloat16*>(x.data) + offset, x.ld, deep, count, panel, width);
  } else if (x.dtype == DType::f16) {
    packs.f16(static_cast<const Float16*>(x.data) + offset, x.ld, deep, count, panel, width);
  } else {
    packs.f32(static_cast<const float*>(x.data) + offset, x.ld, deep, count, panel, width);
  }
}

PanelsOfB::PanelsOfB(const simd::TiledProduct& tiled, const Product& product, bool one_row_block)
    : tiled_(tiled), p_(product), source_(source_of(product, one_row_block)) {}

PanelsOfB::Source PanelsOfB::source_of(const Product& product, bool one_row_block) {
  if (product.panels != nullptr) return Source::weight;
  if (!one_row_block) return Source::together;
  const bool has_words = !product.b.transposed && product.b.dtype == DType::f32 && !product.rounded;
  return has_words ? Source::in_place : Source::alone;
}

void PanelsOfB::reserve(Index cols, Index terms) {
  const Index panels = source_ == Source::together ? divide_up(cols, tiled_.tile_cols) : 0;
  memory_ = Tensor({panels * tiled_.tile_cols, std::max(tiled_.words(terms), Index{1})});
  copies_ = memory_.data<float>();
}

void PanelsOfB::prepare(Range cols, Range depth) {
  cols_ = cols;
  depth_ = depth;
  if (source_ != Source::together) return;
  if (p_.b.transposed) {
    parallel_for(count(), divide_up(count(), num_threads()), [&](Index panel) {
      for (Index k = depth.begin; k < depth.end; k += tiled_.depth_block()) {
        copy(panel, k, std::min(tiled_.depth_block(), depth.end - k), copied(k, panel));
      }
    });
  } else {
    const Index slices = divide_up(depth.size(), pack_depth_along);
    parallel_for(slices, std::max(divide_up(slices, num_threads()), Index{1}), [&](Index slice) {
      const Index k = depth.begin + slice * pack_depth_along;
      for (Index panel = 0; panel < count(); ++panel) {
        copy(panel, k, std::min(pack_depth_along, depth.end - k), copied(k, panel));
      }
    });
  }
}

PanelsOfB::Panel PanelsOfB::panel(Range block, Index panel, float* own) const {
  const Index width = tiled_.tile_cols;
  switch (source_) {
    case Source::weight:
      if (!has_halves()) return {weight_words(block.begin, panel), width, nullptr};
      pack(tiled_, {halves(0, panel), p_.panels->values.dtype(), width, true}, true, 0, width, block.begin,
           block.size(), own, width);
      break;
    case Source::together:
      return {copied(block.begin, panel), width, nullptr};
    case Source::in_place:
      if (is_whole(panel)) {
        const bool has_more_tiles = p_.m > tiled_.tile_rows;
        return {static_cast<const float*>(in_place(block.begin, panel)), p_.b.ld, has_more_tiles ? own : nullptr};
      }
      [[fallthrough]];
    case Source::alone:
      copy(panel, block.begin, block.size(), own);
  }
  return {own, width, nullptr};
}

simd::Fetched PanelsOfB::fetched(Range block, Index panel) const {
  const Index width = tiled_.tile_cols, bytes = tiled_.words(block.size()) * width * Index{sizeof(float)};
  if (source_ == Source::together) return fetched_bytes(copied(block.begin, panel), bytes);
  if (source_ == Source::weight && !has_halves()) return fetched_bytes(weight_words(block.begin, panel), bytes);
  if (source_ == Source::weight) {
    return fetched_bytes(halves(block.begin, panel), block.size() * width * Index{sizeof(BFloat16)});
  }
  const Index cols = std::min(width, cols_from(panel).size());
  const Index size = static_cast<Index>(size_of(p_.b.dtype));
  const bool transposed = p_.b.transposed;
  return fetched_rows(in_place(block.begin, panel), transposed ? cols : block.size(), transposed ? block.size() : cols,
                      p_.b.ld, size);
}

bool PanelsOfB::has_halves() const {
  return p_.panels->elements == WeightPanels::Elements::halves;
}

// Copied panels are stored as [depth block][panel][words][width]. Returns the address of term k of a panel.
float* PanelsOfB::copied(Index k, Index panel) const {
  const Index block = depth_.begin + (k - depth_.begin) / tiled_.depth_block() * tiled_.depth_block();
  const Index deep = std::min(tiled_.depth_block(), depth_.end - block);
  const Index before =
      tiled_.words(block - depth_.begin) * count() + panel * tiled_.words(deep) + tiled_.words(k - block);
  return copies_ + before * tiled_.tile_cols;
}

const std::byte* PanelsOfB::halves(Index k, Index panel) const {
  return p_.panels->values.raw() + (panel * p_.k + k) * tiled_.tile_cols * Index{sizeof(BFloat16)};
}

const float* PanelsOfB::weight_words(Index k, Index panel) const {
  return p_.panels->values.data<float>() + (panel * tiled_.words(p_.k) + tiled_.words(k)) * tiled_.tile_cols;
}

// The address of term k of B's column where the panel begins.
const void* PanelsOfB::in_place(Index k, Index panel) const {
  const Index col = cols_from(panel).begin, ld = p_.b.ld;
  const Index element = p_.b.transposed ? col * ld + k : k * ld + col;
  return static_cast<const std::byte*>(p_.b.data) + element * static_cast<Index>(size_of(p_.b.dtype));
}

void PanelsOfB::copy(Index panel, Index k, Index deep, float* target) const {
  const Range cols = cols_from(panel);
  pack(tiled_, p_.b, !p_.b.transposed, cols.begin, std::min(tiled_.tile_cols, cols.size()), k, deep, target,
       tiled_.tile_cols);
}

}  // namespace mini_bert::kernels
