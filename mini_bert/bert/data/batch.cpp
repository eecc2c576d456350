#include "mini_bert/bert/data/batch.h"

namespace mini_bert {

std::vector<Index> lengths_of(std::span<const Sequence> sequences) {
  std::vector<Index> lengths;
  for (const Sequence& sequence : sequences) lengths.push_back(static_cast<Index>(sequence.ids.size()));
  return lengths;
}

PackedSequences pack(std::span<const Sequence> sequences) {
  std::vector<std::int32_t> ids, type_ids, positions;
  for (const Sequence& sequence : sequences) {
    require(sequence.type_ids.size() == sequence.ids.size(), "pack: a sequence has {} ids but {} types",
            sequence.ids.size(), sequence.type_ids.size());
    ids.insert(ids.end(), sequence.ids.begin(), sequence.ids.end());
    type_ids.insert(type_ids.end(), sequence.type_ids.begin(), sequence.type_ids.end());
    for (std::size_t i = 0; i < sequence.ids.size(); ++i) positions.push_back(static_cast<std::int32_t>(i));
  }
  return {Tensor::from(ids), Tensor::from(type_ids), Tensor::from(positions), SequenceOffsets(lengths_of(sequences))};
}

}  // namespace mini_bert
