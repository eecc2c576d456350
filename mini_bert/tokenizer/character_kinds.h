#pragma once

#include <array>
#include <cstdint>

#include "mini_bert/tokenizer/normalizer.h"

namespace mini_bert {

// How normalizing and splitting into words treat a character.
enum class CharacterKind : uint8_t {
  letter,   // stays as it is, part of a word
  capital,  // A-Z, becomes a-z, part of a word
  alone,    // stays as it is and is a word: punctuation, Chinese characters
  space,    // separates words
  changed   // dropped, decomposed, reordered or lower-cased, which only `normalize` can do
};

// The kind of every character under given options. Two tables serve characters below U+10000: one gives a character's
// properties (64 KiB, built once per process in about 1 ms), the other the kind for a combination of properties.
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
