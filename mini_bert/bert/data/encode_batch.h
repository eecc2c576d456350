#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "mini_bert/tokenizer/tokenizer.h"

namespace mini_bert {

// Encodes many texts, each as tokenizer.encode does it, on num_threads() threads. result[i] belongs to texts[i]. Throws
// what encode throws, of one of the texts it refuses.
std::vector<Encoding> encode_batch(std::span<const std::string_view> texts, const Tokenizer& tokenizer,
                                   const EncodeOptions& options = {});

}  // namespace mini_bert
