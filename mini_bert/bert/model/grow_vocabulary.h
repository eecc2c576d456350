#pragma once

#include <span>
#include <vector>

#include "mini_bert/bert/model/bert.h"

namespace mini_bert {

// Copies the weights of `model` to `grown`, which has the same configuration, and at least `first` + pieces.size() rows
// for tokens. Both models are f32. The new words have the ids first, first + 1, …; a table that is padded has rows for
// them already. pieces[i] are the ids of the tokens that spelled new word i before. The vector of a
// new word is the mean of its pieces' vectors, so the encoder's input changes little. In the masked-language-model
// head, its bias is the mean of their biases, so its score z = h·e + b is the mean of their scores.
void grow_vocabulary(const BertPreTrainedModel& model, std::span<const std::vector<std::int32_t>> pieces, Index first,
                     BertPreTrainedModel& grown);

}  // namespace mini_bert
