#include "mini_bert/bert/model/grow_vocabulary.h"

namespace mini_bert {
namespace {

// mean[j] = 1/n Σ table[row][j] over the n rows
void mean_of_rows(const Tensor& table, Index width, std::span<const std::int32_t> rows, float* mean) {
  for (Index j = 0; j < width; ++j) {
    double sum = 0;
    for (const std::int32_t row : rows) sum += table.data<float>()[row * width + j];
    mean[j] = static_cast<float>(sum / static_cast<double>(rows.size()));
  }
}

}  // namespace

void grow_vocabulary(const BertPreTrainedModel& model, std::span<const std::vector<std::int32_t>> pieces, Index first,
                     BertPreTrainedModel& grown) {
  const Index old_size = model.config().vocab_size, added = static_cast<Index>(pieces.size());
  const Index new_size = std::max(old_size, first + added);
  require(first <= old_size && grown.config().vocab_size == new_size,
          "grow_vocabulary: the grown model has vocab_size {}, expected {} for {} rows and {} new words from {} on",
          grown.config().vocab_size, new_size, old_size, added, first);
  const std::vector<Parameter> from = model.parameters(), to = grown.parameters();
  for (std::size_t i = 0; i < from.size(); ++i) {
    const Tensor old_value = from[i].value();
    Tensor value = to[i].value();
    to[i].weight.changed();
    if (!from[i].place.row_per_token) {
      value.copy_from(old_value);
      continue;
    }
    // The table of word embeddings [V,H], or the head's bias [V].
    value.rows(0, old_size).copy_from(old_value);
    const Index width = old_value.size() / old_size;
    for (Index word = 0; word < added; ++word) {
      mean_of_rows(old_value, width, pieces[static_cast<std::size_t>(word)],
                   value.data<float>() + (first + word) * width);
    }
  }
}

}  // namespace mini_bert
