#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "mini_bert/tensor/dtype.h"
#include "mini_bert/tensor/shape.h"
#include "mini_bert/tensor/simd/isa.h"
#include "mini_bert/tensor/simd/loops.h"

namespace mini_bert::simd {

// Memory that will be needed soon, for a tile to prefetch while it multiplies: rows, `ld` bytes apart, and the lines of
// the cache in each. May be empty.
struct Fetched {
  const std::byte* begin = nullptr;
  Index rows = 0, ld = 0, lines = 0;

  static constexpr Index line = 64;  // bytes
};

// Products in tiles (tensor/kernels/matmul_simd.h) whose terms have one type. Panels consist of 32-bit words. A word is
// a float, or, if the CPU multiplies bfloat16, a pair of them: two consecutive terms of the sum.
struct TiledProduct {
  static constexpr int most_tile_rows = 8, most_tile_cols = 48;
  static constexpr Index most_block_floats = Index{most_tile_cols} * 128;

  // A panel of B, whose words are `ld` apart, and where a copying tile writes it as a panel.
  struct PanelOfB {
    const float* data;
    Index ld;
    float* copy;
  };
  // Where a tile writes its sums, how, and what it prefetches meanwhile: c = base + sums for the first `cols` columns.
  // `base` is c itself when `accumulate`, otherwise the bias, or 0 if that is null.
  struct Result {
    float* c;
    Index ldc, cols;
    bool accumulate;
    const float* bias;
    Fetched fetched;
  };
  using Tile = void (*)(Index words, const float* a, Index lda, const PanelOfB& b, const Result& result);
  struct Tiles {
    Tile of_rows[most_tile_rows];  // of_rows[r-1] computes r rows
    Tile copying;                  // computes tile_rows rows and copies the panel of B
  };
  template <class Element>
  using Pack = void (*)(const Element* x, Index ldx, Index depth, Index count, float* panel, Index width);
  struct Packs {
    Pack<float> f32;
    Pack<BFloat16> bf16;
    Pack<Float16> f16;
  };

  Index terms_per_word;
  Index tile_rows, tile_cols;
  Index block_words;          // of a panel of B: a depth block, which stays in the first-level cache
  Tiles in_panels, in_place;  // for a panel of A; for rows of A, which are `lda` words apart
  Packs pack, pack_transposed;

  Index words(Index terms) const { return (terms + terms_per_word - 1) / terms_per_word; }
  Index depth_block() const { return block_words * terms_per_word; }  // in terms
};

// Products x·Wᵀ with few rows of x, which read W in place (tensor/kernels/matmul_dot_simd.h).
struct DotProduct {
  static constexpr int tile_rows = 4;
  template <class Element>
  using Tile = void (*)(Index depth, const float* a, const Element* b, Index ldb, const Element* fetch, Index fetched,
                        float* c, Index ldc, Index cols, bool accumulate, const float* bias);

  template <class Element>
  struct Tiles {
    Tile<Element> of_rows[tile_rows];  // of_rows[r-1] computes r rows
  };

  Index tile_cols;
  Tiles<float> f32;
  Tiles<BFloat16> bf16;
  Tiles<Float16> f16;
  void (*pack)(const float* x, Index ldx, Index depth, Index rows, float* panel);
};

// Products of 8-bit integers (tensor/kernels/matmul_int8_simd.h). Words of 32 bits hold four terms each: in the rows of
// A unsigned numbers, in the panels of B signed ones. Sums are i32 and exact, so every instruction set has the same.
struct Int8Product {
  static constexpr int most_tile_rows = 8, most_tile_cols = 48, most_block_floats = 6144;

  // The bits of a tile's sums, i32: where they begin, and where they are left if more terms follow (null: they are
  // complete). Rows of the first are `ld_begin` apart, 0 if all rows begin alike, those of the second tile_cols.
  struct Sums {
    const float* begin;
    Index ld_begin;
    float* end;
  };
  // What a tile makes of complete sums, and where: c_rj = sum_rj·row_scales_r·scales_j + bias_j for the first `cols`
  // columns. The arrays hold a whole tile; bias and c hold `cols` columns.
  struct Result {
    const float *row_scales, *scales, *bias;
    float* c;
    Index ldc, cols;
    Fetched fetched;
  };
  using Tile = void (*)(Index words, const std::uint32_t* a, Index lda, const float* b, const Sums& sums,
                        const Result& result);

  Index tile_rows, tile_cols;
  Tile tile[most_tile_rows];  // tile[r-1] computes r rows

  // Where tiles do not read words of four terms but of two: these make two words of each, of a row of A and of a block
  // of a panel of B. A block has at most block_words words, most_block_floats when widened. Otherwise 0 and null.
  Index block_words;
  void (*widen_row)(const std::uint32_t* row, Index words, std::uint32_t* widened);
  void (*widen_panel)(const float* panel, Index words, Index width, float* widened);

  // A number x stands as zero + round(x/s) with s = max|x|/127. If max|x| is below `least`, all of them stand as 0.
  static constexpr int zero = 128;
  static constexpr float most = 127, least = 1e-30f;

  // Returns s: NaN if an x is infinite or NaN, and 0 if all are below `least`; then each q is `zero`.
  float (*quantize)(const float* x, Index n, std::uint8_t* q);
};

// The SIMD kernels of one instruction set: loops over plain arrays. Each is written once, as a template over the
// register type, in tensor/kernels/<op>_simd.h, next to the definition that it must agree with. avx2.cpp, avx512.cpp
// and the like instantiate the templates. Callers handle threads and shapes.
struct Kernels {
  Isa isa;

  TiledProduct f32_terms, bf16_terms;
  void (*narrow_row)(const float* sums, BFloat16* c, Index n, bool accumulate);

  DotProduct dot;
  Int8Product int8;

  // Everything else (loops.h), over elements stored as f32 and as bf16.
  Loops<float> f32;
  Loops<BFloat16> bf16;
};

// The kernels of isa(), or null if it is portable: then the definition is the kernel.
const Kernels* kernels();

// The loops of isa() over elements stored as Element. Null if isa() is portable, and for double: only the definitions
// compute with it. Every operation asks this question in the same way, once and before its own loops:
//   visit_stored(x.dtype(), [&]<class Element>() {
//     if (const auto* const loops = simd::loops<Element>()) return …;  // with loops->add.forward and the like
//     …                                                               // the definition
//   });
// Matrix products alone, whose factors and sums may have different types, ask kernels().
template <class Element>
const Loops<Element>* loops() {
  const Kernels* const chosen = kernels();
  if constexpr (std::is_same_v<Element, float>) {
    return chosen == nullptr ? nullptr : &chosen->f32;
  } else if constexpr (std::is_same_v<Element, BFloat16>) {
    return chosen == nullptr ? nullptr : &chosen->bf16;
  } else {
    return nullptr;
  }
}

// The kernels of one instruction set; null if it has none or this CPU lacks it.
const Kernels* kernels_for(Isa isa);

// Products of int8 by the instruction that CPUs have for them (VNNI); null if this CPU lacks it. The sums are those of
// kernels_for(isa)->int8, so this is no instruction set of its own, and a run may change to a CPU with it or without.
const Int8Product* int8_instructions_for(Isa isa);

// The fastest products of int8 for isa(), or null if it is portable.
const Int8Product* int8_product();

}  // namespace mini_bert::simd
