#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mini_bert/tokenizer/utf8.h"

namespace mini_bert {

// What happens to a text before it is split into words, in this order.
struct NormalizerOptions {
  bool clean_text = true;              // drop U+0000, U+FFFD and control characters; white space becomes ' '
  bool tokenize_chinese_chars = true;  // a space on both sides of every Chinese character
  bool strip_accents = true;           // NFD, then drop nonspacing marks
  bool do_lower_case = true;           // full lower case, which may grow: U+0130 becomes i + U+0307
  bool whole_cjk_extension_e = false;  // count U+2B820..U+2B91F as Chinese: see is_cjk
};

// A normalized text that remembers where each of its bytes came from.
struct NormalizedText {
  std::string text;               // UTF-8
  std::vector<TextRange> source;  // one per byte of `text`: the bytes of the original character it came from

  // The bytes of the original text that [begin, end) of the normalized text came from; begin < end.
  TextRange original(size_t begin, size_t end) const { return {source[begin].begin, source[end - 1].end}; }
};

// Normalizes well-formed UTF-8. `origin` is added to every source position, for a text that is a slice of a longer
// one. As BertNormalizer of the `tokenizers` package; Devlin et al. 2018, arXiv:1810.04805, tokenization.py.
NormalizedText normalize(std::string_view text, const NormalizerOptions& options, uint32_t origin = 0);

// The words of a normalized text as byte ranges of it: split at white space, which is dropped, and around every
// punctuation character, which is a word of its own. As BertPreTokenizer.
std::vector<TextRange> split_words(std::string_view normalized);

}  // namespace mini_bert
