#include "bert/data/masking.h"

namespace mini_bert {

Masker::Masker(const Tokenizer& tokenizer, double probability) : tokenizer_(tokenizer), probability_(probability) {}

std::vector<std::size_t> Masker::choose(const Sequence& sequence, RandomSequence& random) const {
  std::vector<std::size_t> candidates, chosen;
  for (std::size_t i = 0; i < sequence.ids.size(); ++i) {
    if (!tokenizer_.is_special(sequence.ids[i])) candidates.push_back(i);
  }
  for (const std::size_t i : candidates) {
    if (random.uniform() < probability_) chosen.push_back(i);
  }
  if (chosen.empty() && !candidates.empty()) {
    chosen.push_back(candidates[random.below(static_cast<std::uint32_t>(candidates.size()))]);
  }
  return chosen;
}

MaskedBatch Masker::mask(std::vector<Sequence> sequences, std::span<const RandomKey> keys) const {
  std::vector<std::int32_t> rows, labels;
  std::size_t begin = 0;
  for (std::size_t s = 0; s < sequences.size(); ++s) {
    RandomSequence random(keys[s]);
    for (const std::size_t i : choose(sequences[s], random)) {
      std::int32_t& id = sequences[s].ids[i];
      rows.push_back(static_cast<std::int32_t>(begin + i));
      labels.push_back(id);
      const float draw = random.uniform();
      if (draw < 0.8f) {
        id = tokenizer_.mask_id();
      } else if (draw < 0.9f) {
        id = static_cast<std::int32_t>(random.below(static_cast<std::uint32_t>(tokenizer_.vocabulary().size())));
      }
    }
    begin += sequences[s].ids.size();
  }
  return {pack(sequences), Tensor::from(rows), Tensor::from(labels)};
}

}  // namespace mini_bert
