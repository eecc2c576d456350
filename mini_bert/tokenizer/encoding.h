#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "mini_bert/base/utf8.h"

namespace mini_bert {

// A text as the model reads it: parallel vectors, one entry per token.
struct Encoding {
  std::vector<int32_t> ids;
  std::vector<int32_t> type_ids;   // 0: first text, 1: second text of a pair
  std::vector<TextRange> offsets;  // bytes of the original text; {0, 0} for the [CLS] and [SEP] added around it
  std::vector<int32_t> word_ids;   // the word of its text that the token is part of; -1 for added [CLS] and [SEP]
  std::vector<uint8_t> special;    // 1 for added [CLS] and [SEP]; 0 for a [MASK] that the text contains
  std::vector<Encoding> overflow;  // the tokens that truncation cut off, in windows of the same length

  int32_t size() const { return static_cast<int32_t>(ids.size()); }
  bool operator==(const Encoding&) const = default;

  void reserve(size_t tokens);
  void push_back(int32_t id, int32_t type_id, TextRange offset, int32_t word_id, bool is_special);
  void push_front(int32_t id, int32_t type_id, TextRange offset, int32_t word_id, bool is_special);
  void append(const Encoding& other, int32_t type_id);  // the tokens of `other` with that type, without its overflow
};

// Offsets counted in code points instead of bytes, as Python counts. Tokens of type 1 refer to `second`.
std::vector<TextRange> code_point_offsets(const Encoding& encoding, std::string_view first,
                                          std::string_view second = {});

enum class Truncation {
  none,           // keep everything
  longest_first,  // take from the longer text until both fit
  only_first,     // take from the first text
  only_second     // take from the second text
};

enum class Side { left, right };

// How a text is encoded.
struct EncodeOptions {
  bool add_special_tokens = true;      // [CLS] A [SEP], or [CLS] A [SEP] B [SEP]
  bool special_tokens_in_text = true;  // "[MASK]" in the text is that token; false: it is ordinary text
  Truncation truncation = Truncation::none;
  int32_t max_length = 512;  // tokens after truncation, [CLS] and [SEP] included
  int32_t stride = 0;        // tokens that neighbouring windows of the overflow share
  // The side that is cut off; not set: the tokenizer's truncation_side.
  std::optional<Side> truncation_side = std::nullopt;
};

// Shortens an encoding without special tokens to max_length tokens. The rest becomes its overflow: windows of
// max_length tokens (the last one may be shorter), each of which shares `stride` tokens with the one before. Error when
// the windows could not advance, because stride >= max_length.
void truncate(Encoding& encoding, int32_t max_length, int32_t stride, Side side);

// Shortens one text (second == nullptr) or a pair so that both have options.max_length - reserved tokens at most.
// Error when only_first or only_second cannot take enough from its text.
void truncate(Encoding& first, Encoding* second, const EncodeOptions& options, int32_t reserved);

}  // namespace mini_bert
