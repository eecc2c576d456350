#pragma once

#include <array>
#include <cstdint>

#include "mini_bert/tokenizer/normalizer.h"

namespace mini_bert {

// What normalizing a text and splitting it into words do with a character.
enum class CharacterKind : uint8_t {
  letter,   // stays as it is, part of a word
  capital,  // A-Z, becomes a-z, part of a word
  alone,    // stays as it is, a word of its own: punctuation, Chinese characters
  space,    // separates words
  changed   // dropped, taken apart, moved or lower-cased: `normalize` has to look at it
};

// The kind of every character under some options. Characters below U+10000 are looked up in two tables: one gives their
// properties (64 KiB, made once per process in about 1 ms), the other the kind that a combination of properties has.
class CharacterKinds {
 public:
  explicit CharacterKinds(const NormalizerOptions& options);

  CharacterKind operator[](char32_t c) const { return c < 0x10000 ? kinds_[properties_[c]] : kind_beyond_table(c); }

 private:
  CharacterKind kind_beyond_table(char32_t c) const;

  NormalizerOptions options_;
  const uint8_t* properties_;
  std::array<CharacterKind, 128> kinds_;
};

}  // namespace mini_bert
