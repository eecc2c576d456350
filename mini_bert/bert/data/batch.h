#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "mini_bert/tensor/sequence_offsets.h"
#include "mini_bert/tensor/tensor.h"

namespace mini_bert {

// Says whether the model must guess a token. `dice`: a random draw decides. `always`, `never`: the data decide
// (masking.h).
enum class MaskRule : std::uint8_t { dice, always, never };

// One sentence as BERT reads it, special tokens included. Each token id has a token type: 0 in the first sentence of a
// pair, 1 in the second.
struct Sequence {
  std::vector<std::int32_t> ids;
  std::vector<std::int32_t> type_ids;
  std::vector<MaskRule> mask_rules = {};  // one per token; empty: MaskRule::dice for every token
};

// The number of tokens of each sequence.
std::vector<Index> lengths_of(std::span<const Sequence> sequences);

// Sentences packed end to end: T tokens, no padding.
struct PackedSequences {
  Tensor ids, type_ids, positions;  // i32 [T]; positions count from 0 in every sentence
  SequenceOffsets offsets;
};

PackedSequences pack(std::span<const Sequence> sequences);

// A packed batch in which the model must guess M tokens. Before masking, row masked_rows[m] of the packed tokens held
// the token id labels[m].
struct MaskedBatch {
  PackedSequences tokens;
  Tensor masked_rows, labels;  // i32 [M]

  Index masked() const { return labels.size(); }
};

}  // namespace mini_bert
