#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mini_bert {

// Which tokens are masked, and which guard tests what the model forgets.
struct MaskingRequest {
  std::string whole_words;              // a file with one word per line, "auto", or empty: single tokens are chosen
  std::vector<std::string> mask_words;  // always masked; an entry may hold several words, separated by commas
  std::int64_t ngram = 1;               // the most words (or tokens) masked in a row
  std::string guard;                    // a guard file of knowledge to keep (bert/training/guard.h); empty: none

  // Splits the entries of mask_words into single words.
  std::vector<std::string> split_mask_words() const;

  bool operator==(const MaskingRequest&) const = default;
};

}  // namespace mini_bert
