#pragma once

#include <span>
#include <vector>

#include "mini_bert/bert/data/batch.h"

namespace mini_bert {

// Cuts a list of lengths, in its order, into batches of as many as have at most `most_tokens` together; a longer one is
// a batch of its own. Batch b is o_b … o_{b+1}−1 of the list; returns all o, the first 0, the last the size of the
// list.
std::vector<Index> cut_by_tokens(std::span<const Index> lengths, Index most_tokens);

// Divides sequences into batches of about equal work for a forward pass: sorted by length, so that long ones keep each
// other company, at most `most_tokens` tokens a batch unless one sequence alone is longer. Every sequence's number is
// in exactly one batch.
std::vector<std::vector<Index>> batches_by_length(std::span<const Sequence> sequences, Index most_tokens = 2048);

// The sequences `members`, packed.
PackedSequences pack_members(std::span<const Sequence> sequences, std::span<const Index> members);

}  // namespace mini_bert
