#pragma once

#include <algorithm>
#include <cstdint>

#include "mini_bert/bert/bert_config.h"
#include "mini_bert/tokenizer/tokenizer.h"

namespace mini_bert {

// How many tokens of a text a model reads, [CLS] and [SEP] included: as many as it has positions, or model_max_length
// of its tokenizer where that is fewer.
inline Index longest_sequence(const BertConfig& config, const Tokenizer& tokenizer) {
  return std::min<Index>(config.max_position_embeddings, tokenizer.options().model_max_length);
}

// Cuts a text where a model that reads `max_length` tokens ends, on the tokenizer's side.
inline EncodeOptions cut_to(Index max_length) {
  return {.truncation = Truncation::longest_first, .max_length = static_cast<std::int32_t>(max_length)};
}

}  // namespace mini_bert
