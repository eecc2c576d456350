#include "bert/predict/batches.h"

#include <algorithm>
#include <numeric>

namespace mini_bert {

std::vector<std::vector<Index>> batches_by_length(std::span<const Sequence> sequences, Index most_tokens) {
  const auto length = [&](Index i) { return static_cast<Index>(sequences[static_cast<std::size_t>(i)].ids.size()); };
  std::vector<Index> order(sequences.size());
  std::iota(order.begin(), order.end(), Index{0});
  std::ranges::stable_sort(order, std::ranges::greater(), length);
  std::vector<std::vector<Index>> batches;
  Index tokens = 0;
  for (const Index i : order) {
    if (batches.empty() || tokens + length(i) > most_tokens) {
      batches.emplace_back();
      tokens = 0;
    }
    batches.back().push_back(i);
    tokens += length(i);
  }
  return batches;
}

PackedSequences pack_members(std::span<const Sequence> sequences, std::span<const Index> members) {
  std::vector<Sequence> chosen;
  for (const Index i : members) chosen.push_back(sequences[static_cast<std::size_t>(i)]);
  return pack(chosen);
}

}  // namespace mini_bert
