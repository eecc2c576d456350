#pragma once

#include <array>
#include <cstdint>

namespace mini_bert {

// Properties of code points that BERT's tokenizer needs, with the answers of the `tokenizers` package. Its categories
// are those of Unicode 8.0, its case mapping that of Unicode 17. utf8proc has a third version (15.0 in its
// version 2.8), and unicode.cpp lists every code point for which that makes a difference. docs/tokenizer.md, "Unicode".

// Characters that become a single space: Unicode's White_Space (18 separators of category Z, U+0009..U+000D, U+0085).
bool is_whitespace(char32_t c);

// Characters that clean_text drops: categories Cc, Cf, Co (private use), except tab, line feed and carriage return.
bool is_control(char32_t c);

// Characters that are words: ASCII 33-47, 58-64, 91-96, 123-126 (which include $ + < = > ^ ` | ~), and categories P*.
bool is_punctuation(char32_t c);

// Characters that strip_accents drops: category Mn.
bool is_nonspacing_mark(char32_t c);

// A Chinese character in BERT's sense: the CJK ideograph blocks, neither kana nor Hangul. With
// `whole_extension_e` false, U+2B820..U+2B91F are not among them, as in the `tokenizers` package; Google's
// tokenization.py counts them.
bool is_cjk(char32_t c, bool whole_extension_e);

// Characters that may not touch an added token with single_word: letters, marks, digits, connectors.
bool is_word_character(char32_t c);

// The result of mapping one code point; at most 4 code points in every function here.
struct CodePoints {
  std::array<char32_t, 4> value{};
  uint32_t size = 0;
};

// Canonical decomposition (NFD) of one code point, Hangul syllables included. The Unicode Standard 15.0 §3.7, §3.12.
CodePoints decompose(char32_t c);

// Full lower case without context: U+0130 gives two code points, a final sigma stays U+03C3.
CodePoints lower_case(char32_t c);

// Canonical combining class; 0 for most characters. NFD sorts runs of other classes.
int combining_class(char32_t c);

}  // namespace mini_bert
