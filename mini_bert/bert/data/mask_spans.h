#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mini_bert/bert/data/batch.h"
#include "mini_bert/tokenizer/tokenizer.h"

// Spans of a text that the model must guess, [[begin, end], …]: half-open ranges in code points, as in Python.
namespace mini_bert {

// The part of a text in a range of code points.
std::string_view part_of(std::string_view text, TextRange range);

// Parses spans from JSON. null and [] give no spans. Throws Error with a message that begins with `where` when the JSON
// is not a list of pairs of whole numbers, when a pair is not 0 ≤ begin < end ≤ length of the text, and when a span
// covers only white space.
std::vector<TextRange> parse_mask_spans(std::string_view json, std::string_view text, const std::string& where);

// The rule for each token of an encoded text: `always` if the token shares a character with a span, `never` otherwise.
// Empty when there are no spans.
std::vector<MaskRule> mask_rules(const Encoding& encoding, std::string_view text, std::span<const TextRange> spans);

// The number of spans that have no token to guess among the first `tokens` tokens.
Index count_lost_spans(const Encoding& encoding, std::string_view text, std::span<const TextRange> spans,
                       std::size_t tokens, const Tokenizer& tokenizer);

}  // namespace mini_bert
