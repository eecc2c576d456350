#pragma once

#include <span>
#include <vector>

#include "mini_bert/bert/data/batch.h"

namespace mini_bert {

// Cuts a list of lengths, in its order, into batches that have at most `most_tokens` tokens each. A length above
// `most_tokens` is a batch of its own. Returns offsets o: batch b is o_b … o_{b+1}−1 of the list, the first offset is
// 0, the last is the size of the list.
std::vector<Index> cut_by_tokens(std::span<const Index> lengths, Index most_tokens);

// Divides sequences into batches of about equal work for a forward pass. They are sorted by length, so that a batch has
// sequences of like lengths, and a batch has at most `most_tokens` tokens, unless one sequence alone has more. Each
// batch is a list of numbers of sequences; every number is in exactly one batch.
std::vector<std::vector<Index>> batches_by_length(std::span<const Sequence> sequences, Index most_tokens = 2048);

// The sequences `members`, packed.
PackedSequences pack_members(std::span<const Sequence> sequences, std::span<const Index> members);

}  // namespace mini_bert
