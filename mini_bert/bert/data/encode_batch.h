#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "mini_bert/tokenizer/tokenizer.h"

namespace mini_bert {

// Encodes many texts with tokenizer.encode on num_threads() threads. result[i] belongs to texts[i]. If encode refuses
// texts, throws the error of one of them.
std::vector<Encoding> encode_batch(std::span<const std::string_view> texts, const Tokenizer& tokenizer,
                                   const EncodeOptions& options = {});

}  // namespace mini_bert
