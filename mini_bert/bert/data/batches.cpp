#include "mini_bert/bert/data/batches.h"

#include <algorithm>
#include <numeric>

namespace mini_bert {

std::vector<Index> cut_by_tokens(std::span<const Index> lengths, Index most_tokens) {
  std::vector<Index> offsets = {0};
  Index tokens = 0;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    if (static_cast<Index>(i) > offsets.back() && tokens + lengths[i] > most_tokens) {
      offsets.push_back(static_cast<Index>(i));
      tokens = 0;
    }
    tokens += lengths[i];
  }
  if (!lengths.empty()) offsets.push_back(static_cast<Index>(lengths.size()));
  return offsets;
}

std::vector<std::vector<Index>> batches_by_length(std::span<const Sequence> sequences, Index most_tokens) {
  std::vector<Index> lengths = lengths_of(sequences);
  std::vector<Index> order(sequences.size());
  std::iota(order.begin(), order.end(), Index{0});
  std::ranges::stable_sort(order, std::ranges::greater(),
                           [&](Index i) { return lengths[static_cast<std::size_t>(i)]; });
  std::ranges::sort(lengths, std::ranges::greater());
  const std::vector<Index> offsets = cut_by_tokens(lengths, most_tokens);
  std::vector<std::vector<Index>> batches;
  for (std::size_t b = 0; b + 1 < offsets.size(); ++b) {
    batches.emplace_back(order.begin() + offsets[b], order.begin() + offsets[b + 1]);
  }
  return batches;
}

PackedSequences pack_members(std::span<const Sequence> sequences, std::span<const Index> members) {
  std::vector<Sequence> chosen;
  for (const Index i : members) chosen.push_back(sequences[static_cast<std::size_t>(i)]);
  return pack(chosen);
}

}  // namespace mini_bert
