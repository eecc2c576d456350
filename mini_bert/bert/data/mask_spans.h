#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mini_bert/bert/data/batch.h"
#include "mini_bert/tokenizer/tokenizer.h"

// Spans of a text that are to be guessed, [[begin, end], …]: half-open ranges in code points, as Python counts.
namespace mini_bert {

// Parses the JSON of them. Error, beginning with `where`, when it is no list of pairs of whole numbers, or a pair is
// not 0 ≤ begin < end ≤ the text's length, or covers nothing but white space. null and [] give none.
std::vector<TextRange> parse_mask_spans(std::string_view json, std::string_view text, const std::string& where);

// What spans say about each token of an encoded text: those that share a character with one are always guessed, the
// others never. Empty when there are no spans.
std::vector<MaskRule> mask_rules(const Encoding& encoding, std::string_view text, std::span<const TextRange> spans);

// How many of the spans have no token that can be guessed among the first `tokens`.
Index count_lost_spans(const Encoding& encoding, std::string_view text, std::span<const TextRange> spans,
                       std::size_t tokens, const Tokenizer& tokenizer);

}  // namespace mini_bert
