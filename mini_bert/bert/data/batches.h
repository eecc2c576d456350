#pragma once

#include <span>
#include <vector>

#include "mini_bert/bert/data/batch.h"

namespace mini_bert {

// Cuts a list of lengths, in its order, into batches of at most `most_tokens` tokens. A length above `most_tokens` gets
// a batch of its own. Returns offsets o: batch b holds the entries o_b … o_{b+1}−1 of the list. The first offset is 0
// and the last is the size of the list.
std::vector<Index> cut_by_tokens(std::span<const Index> lengths, Index most_tokens);

// Divides sequences into batches of about equal work for a forward pass. The sequences are sorted by length, so the
// sequences of a batch have similar lengths. A batch has at most `most_tokens` tokens, unless a single sequence has
// more. A batch is a list of indices into `sequences`, and each index is in exactly one batch.
std::vector<std::vector<Index>> batches_by_length(std::span<const Sequence> sequences, Index most_tokens = 2048);

// Packs the sequences with the indices `members`.
PackedSequences pack_members(std::span<const Sequence> sequences, std::span<const Index> members);

}  // namespace mini_bert
