#include "bert/data/batch.h"

namespace mini_bert {

PackedSequences pack(std::span<const Sequence> sequences) {
  std::vector<std::int32_t> ids, type_ids, positions;
  std::vector<Index> lengths;
  for (const Sequence& sequence : sequences) {
    require(sequence.type_ids.size() == sequence.ids.size(), "pack: a sequence has {} ids but {} types",
            sequence.ids.size(), sequence.type_ids.size());
    ids.insert(ids.end(), sequence.ids.begin(), sequence.ids.end());
    type_ids.insert(type_ids.end(), sequence.type_ids.begin(), sequence.type_ids.end());
    for (std::size_t i = 0; i < sequence.ids.size(); ++i) positions.push_back(static_cast<std::int32_t>(i));
    lengths.push_back(static_cast<Index>(sequence.ids.size()));
  }
  return {Tensor::from(ids), Tensor::from(type_ids), Tensor::from(positions), SequenceOffsets(lengths)};
}

}  // namespace mini_bert
