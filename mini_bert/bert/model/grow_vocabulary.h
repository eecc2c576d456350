#pragma once

#include <span>
#include <vector>

#include "mini_bert/bert/model/bert.h"

namespace mini_bert {

// Copies the weights of `model` to `grown`, a model of the same configuration, except that its vocabulary has
// pieces.size() words more. Both are f32. pieces[i] are the ids of the tokens that spelled new word i before. The
// vector of a new word is the mean of the vectors of its pieces, so the encoder reads about what it read before. Its
// bias in the masked-language-model head is the mean of their biases, so its score z = h·e + b is the mean of their
// scores.
void grow_vocabulary(const BertPreTrainedModel& model, std::span<const std::vector<std::int32_t>> pieces,
                     BertPreTrainedModel& grown);

}  // namespace mini_bert
