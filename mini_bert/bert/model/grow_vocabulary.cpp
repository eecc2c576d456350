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

void grow_vocabulary(const BertPreTrainedModel& model, std::span<const std::vector<std::int32_t>> pieces,
                     BertPreTrainedModel& grown) {
  const Index old_size = model.config().vocab_size, added = static_cast<Index>(pieces.size());
  require(grown.config().vocab_size == old_size + added,
          "grow_vocabulary: the grown model has vocab_size {}, expected {} and {} new words", grown.config().vocab_size,
          old_size, added);
  const std::vector<Parameter> from = model.parameters(), to = grown.parameters();
  for (std::size_t i = 0; i < from.size(); ++i) {
    const Tensor old_value = from[i].value();
    Tensor value = to[i].value();
    if (!from[i].place.row_per_token) {
      value.copy_from(old_value);
      continue;
    }
    // The table of word embeddings [V,H], or the head's bias [V].
    value.rows(0, old_size).copy_from(old_value);
    const Index width = old_value.size() / old_size;
    for (Index word = 0; word < added; ++word) {
      mean_of_rows(old_value, width, pieces[static_cast<std::size_t>(word)],
                   value.data<float>() + (old_size + word) * width);
    }
  }
}

}  // namespace mini_bert
