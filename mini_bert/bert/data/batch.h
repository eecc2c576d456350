#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "mini_bert/tensor/sequence_offsets.h"
#include "mini_bert/tensor/tensor.h"

namespace mini_bert {

// Who decides whether a token is to be guessed: the dice, or the data, which want it always or never (masking.h).
enum class MaskRule : std::uint8_t { dice, always, never };

// One sentence as BERT sees it, special tokens included: token ids and, of the same length, token types (0 for the
// first sentence of a pair, 1 for the second).
struct Sequence {
  std::vector<std::int32_t> ids;
  std::vector<std::int32_t> type_ids;
  std::vector<MaskRule> mask_rules = {};  // one per token, or none: the dice decide about every token
};

// How many tokens each has.
std::vector<Index> lengths_of(std::span<const Sequence> sequences);

// Sentences packed end to end: T tokens, no padding.
struct PackedSequences {
  Tensor ids, type_ids, positions;  // i32 [T]; positions count from 0 in every sentence
  SequenceOffsets offsets;
};

PackedSequences pack(std::span<const Sequence> sequences);

// A packed batch of which some tokens are to be predicted: row masked_rows[m] of the packed tokens was labels[m].
struct MaskedBatch {
  PackedSequences tokens;
  Tensor masked_rows, labels;  // i32 [M]

  Index masked() const { return labels.size(); }
};

}  // namespace mini_bert
