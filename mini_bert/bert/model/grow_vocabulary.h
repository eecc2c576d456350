#pragma once

#include <span>
#include <vector>

#include "mini_bert/bert/model/bert.h"

namespace mini_bert {

// Gives `grown` the weights of `model`, f32 both, of which it differs in nothing but a vocabulary with pieces.size()
// words more. The vector of a new word is the mean of the vectors of its pieces, so that the encoder reads about what
// it read before; so is its bias in the masked-language-model head, so that its score z = h·e + b is the mean of the
// scores of its pieces.
void grow_vocabulary(const BertPreTrainedModel& model, std::span<const std::vector<std::int32_t>> pieces,
                     BertPreTrainedModel& grown);

}  // namespace mini_bert
