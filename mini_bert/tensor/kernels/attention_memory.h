#pragma once

#include "mini_bert/tensor/kernels/attention_factors.h"

// The scratch memory of attention_simd.h. Sizes are in words, which take as much memory as floats.
namespace mini_bert::simd {

// Hands out scratch memory. Constructed with a null pointer, it only counts how many floats are requested.
namespace {
struct Scratch {
  float* memory;
  Index taken = 0;

  float* take(Index rows, Index stride) {
    float* const part = memory == nullptr ? nullptr : memory + taken;
    taken += (rows * stride + 15) / 16 * 16;
    return part;
  }
};
}  // namespace

template <class F, class Words>
struct ForwardMemory {
  static constexpr Index block = 12;  // queries that are processed together

  ForwardMemory(float* memory, Index length, Index size) {
    Scratch scratch{memory};
    ld_scores = row_stride<F>(length);
    ld_size = row_stride<F>(size);
    ld_rows = row_stride<F>(words_of<Words>(size));
    keys_t = scratch.take(1, panels_size<F, Words>(length, size));
    values = scratch.take(length, ld_size);
    queries = scratch.take(block, ld_rows);
    p = scratch.take(block, ld_scores);
    output = scratch.take(block, ld_size);
    factors = scratch.take(1, ld_scores);
    inverse_sum = scratch.take(1, block);
    floats = scratch.taken;
  }

  // The distance between rows of a matrix [·,length], of a matrix [·,D] of floats or columns, and of one of rows.
  Index ld_scores, ld_size, ld_rows;
  float *keys_t, *values, *queries, *p, *output, *factors, *inverse_sum;
  Index floats;
};

// The scores and dscores of a tile of queries are computed as floats. What the last three products of a block multiply
// is kept for all its queries: p as columns, dscores as columns and as rows. Where a word is a float, all are one
// matrix.
template <class F, class Words>
struct BackwardMemory {
  static constexpr Index tile = 12;  // queries whose scores and dscores are computed together
  static constexpr bool floats_are_factors = Words::terms == 1;

  BackwardMemory(float* memory, Index length, Index size) {
    Scratch scratch{memory};
    ld_scores = row_stride<F>(length);
    ld_score_rows = row_stride<F>(words_of<Words>(length));
    ld_size = row_stride<F>(size);
    ld_rows = row_stride<F>(words_of<Words>(size));
    constexpr Index most_words = Index{1} << 15;
    const Index most_rows = most_words * Words::terms / ld_scores / tile * tile;
    block = length * ld_scores <= most_words * Words::terms ? length : most_rows > tile ? most_rows : tile;
    const Index block_words = words_of<Words>(block);
    keys_t = scratch.take(1, panels_size<F, Words>(length, size));
    values_t = scratch.take(1, panels_size<F, Words>(length, size));
    keys = scratch.take(words_of<Words>(length), ld_size);
    queries = scratch.take(block_words, ld_size);
    doutput = scratch.take(block_words, ld_size);
    p_columns = scratch.take(block_words, ld_scores);
    ds_columns = scratch.take(block_words, ld_scores);
    dqueries = scratch.take(block, ld_size);
    dkeys = scratch.take(length, ld_size);
    dvalues = scratch.take(length, ld_size);
    factors = scratch.take(1, ld_scores);
    undropped = scratch.take(1, ld_scores);
    key_rows = floats_are_factors ? keys : dvalues;  // needed only before dvalues
    query_rows = floats_are_factors ? queries : scratch.take(block, ld_rows);
    doutput_rows = floats_are_factors ? doutput : scratch.take(block, ld_rows);
    ds_rows = floats_are_factors ? ds_columns : scratch.take(block, ld_score_rows);
    p = floats_are_factors ? p_columns : scratch.take(tile, ld_scores);
    ds = floats_are_factors ? ds_columns : scratch.take(tile, ld_scores);
    floats = scratch.taken;
  }

  // The rows of p or ds for the tile that begins with query i of the block.
  float* tile_of(float* matrix, Index i) const { return floats_are_factors ? matrix + i * ld_scores : matrix; }

  Index ld_scores, ld_score_rows, ld_size, ld_rows, block;
  float *keys_t, *values_t, *keys, *queries, *doutput, *p_columns, *ds_columns, *dqueries, *dkeys, *dvalues;
  float *factors, *undropped, *key_rows, *query_rows, *doutput_rows, *ds_rows, *p, *ds;
  Index floats;
};

template <class F, class Words>
Index attention_scratch(Index length, Index size) {
  const Index forward = ForwardMemory<F, Words>(nullptr, length, size).floats;
  const Index backward = BackwardMemory<F, Words>(nullptr, length, size).floats;
  return forward > backward ? forward : backward;
}

}  // namespace mini_bert::simd
