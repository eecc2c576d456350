#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mini_bert/base/utf8.h"
#include "mini_bert/tokenizer/character_kinds.h"
#include "mini_bert/tokenizer/normalizer.h"

namespace mini_bert {

// A normalized word and the places of its bytes in the original text.
struct Word {
  std::string_view text;              // valid until the next word is read
  uint32_t begin = 0;                 // where the word begins in the original text, if `source` is null
  const TextRange* source = nullptr;  // null: byte i of the word is byte begin + i of the original

  // The bytes of the original text that bytes [from, to) of the word came from; from < to.
  TextRange original(uint32_t from, uint32_t to) const {
    return source ? TextRange{source[from].begin, source[to - 1].end} : TextRange{begin + from, begin + to};
  }
};

// Reads the words of a normalized text, as `split_words` finds them, without normalizing the whole text. Most words
// need one look-up for each character (CharacterKind) and are views of the original. Only a stretch with a character
// that changes goes through `normalize`.
class WordReader {
 public:
  explicit WordReader(const NormalizerOptions& options) : options_(options), kinds_(options) {}

  // Calls visit(const Word&) for the words of text[range), in order; the text is well-formed UTF-8.
  //
  // A stretch ends before a space or a character that is a word. Normalizing a stretch by itself gives the same as
  // normalizing the whole text, because accents are only sorted up to the next character that is no accent, and neither
  // a space nor such a character is one.
  template <class Visit>
  void for_each_word(std::string_view text, TextRange range, const Visit& visit) const;

 private:
  uint32_t end_of_stretch(std::string_view text, uint32_t begin, uint32_t end) const;

  NormalizerOptions options_;
  CharacterKinds kinds_;
};

// Calls visit(const Word&) for the words of normalized.text[range).
template <class Visit>
void for_each_word(const NormalizedText& normalized, TextRange range, const Visit& visit) {
  const std::string_view text = std::string_view(normalized.text).substr(range.begin, range.end - range.begin);
  for (const auto& [begin, end] : split_words(text)) {
    visit(Word{.text = text.substr(begin, end - begin), .source = normalized.source.data() + range.begin + begin});
  }
}

template <class Visit>
void WordReader::for_each_word(std::string_view text, TextRange range, const Visit& visit) const {
  std::string lowered;
  uint32_t word_begin = range.begin;
  bool has_capitals = false;
  const auto end_word = [&](uint32_t end) {
    if (end == word_begin) return;
    Word word{.text = text.substr(word_begin, end - word_begin), .begin = word_begin};
    if (has_capitals) {
      lowered = word.text;
      for (char& c : lowered) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
      word.text = lowered;
      has_capitals = false;
    }
    visit(word);
  };
  for (uint32_t i = range.begin; i < range.end;) {
    const auto [c, length] = decode(text, i);
    switch (kinds_[c]) {
      case CharacterKind::letter:
        i += length;
        break;
      case CharacterKind::capital:
        has_capitals = true;
        i += length;
        break;
      case CharacterKind::alone:
        end_word(i);
        visit(Word{.text = text.substr(i, length), .begin = i});
        word_begin = i += length;
        break;
      case CharacterKind::space:
        end_word(i);
        word_begin = i += length;
        break;
      case CharacterKind::changed: {
        const uint32_t end = end_of_stretch(text, i + length, range.end);
        const NormalizedText stretch = normalize(text.substr(word_begin, end - word_begin), options_, word_begin);
        mini_bert::for_each_word(stretch, {0, static_cast<uint32_t>(stretch.text.size())}, visit);
        has_capitals = false;
        word_begin = i = end;
        break;
      }
    }
  }
  end_word(range.end);
}

}  // namespace mini_bert
