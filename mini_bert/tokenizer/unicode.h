#pragma once

#include <array>
#include <cstdint>

namespace mini_bert {

// The questions BERT's tokenizer asks about one code point, answered as the `tokenizers` package answers them. Its
// tables are of two ages: categories as of Unicode 8.0, case mapping as of Unicode 17. utf8proc's tables are of a third
// (15.0 in version 2.8); unicode.cpp lists every code point where that makes a difference. docs/tokenizer.md,
// "Unicode".

// Becomes a single space: Unicode's White_Space (18 separators of category Z, U+0009..U+000D, U+0085).
bool is_whitespace(char32_t c);

// Dropped by the clean-up: categories Cc, Cf, Co (private use), but not tab, line feed and carriage return.
bool is_control(char32_t c);

// Stands alone as a word: ASCII 33-47, 58-64, 91-96, 123-126 (so $ + < = > ^ ` | ~ too), or a category P*.
bool is_punctuation(char32_t c);

// Dropped by strip_accents: category Mn.
bool is_nonspacing_mark(char32_t c);

// A Chinese character in BERT's sense: the CJK ideograph blocks, neither kana nor Hangul. With
// `whole_extension_e` false, U+2B820..U+2B91F are not among them, as in the `tokenizers` package; Google's
// tokenization.py counts them.
bool is_cjk(char32_t c, bool whole_extension_e);

// Counts as part of a word next to an added token that asks for single_word: letters, marks, digits, connectors.
bool is_word_character(char32_t c);

// What one code point turns into; at most 4 code points come out of any step here.
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
