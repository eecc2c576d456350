#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mini_bert/base/utf8.h"

namespace mini_bert {

// The steps that change a text before it is split into words, in this order.
struct NormalizerOptions {
  bool clean_text = true;              // drop U+0000, U+FFFD and control characters; white space becomes ' '
  bool tokenize_chinese_chars = true;  // a space on both sides of every Chinese character
  bool strip_accents = true;           // NFD, then drop nonspacing marks
  bool do_lower_case = true;           // full lower case, which may grow: U+0130 becomes i + U+0307
  bool whole_cjk_extension_e = false;  // count U+2B820..U+2B91F as Chinese: see is_cjk
};

// A normalized text with the origin of each of its bytes.
struct NormalizedText {
  std::string text;               // UTF-8
  std::vector<TextRange> source;  // one per byte of `text`: the bytes of the original character it came from

  // The bytes of the original text that [begin, end) of the normalized text came from; begin < end.
  TextRange original(size_t begin, size_t end) const { return {source[begin].begin, source[end - 1].end}; }
};

// Normalizes well-formed UTF-8 as BertNormalizer of the `tokenizers` package does. `origin` is added to every source
// position, for a text that is a slice of a longer one. Devlin et al. 2018, arXiv:1810.04805, tokenization.py.
NormalizedText normalize(std::string_view text, const NormalizerOptions& options, uint32_t origin = 0);

// The words of a normalized text, as byte ranges of it. White space separates words and is dropped; every punctuation
// character is a word. Like BertPreTokenizer of the `tokenizers` package.
std::vector<TextRange> split_words(std::string_view normalized);

}  // namespace mini_bert
