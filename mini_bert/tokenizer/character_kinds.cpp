#include "mini_bert/tokenizer/character_kinds.h"

#include <algorithm>

#include "mini_bert/tokenizer/unicode.h"

namespace mini_bert {
namespace {

enum Property : uint8_t {
  whitespace = 1,
  dropped = 2,  // by clean_text
  punctuation = 4,
  chinese = 8,
  accented = 16,  // strip_accents drops, decomposes or reorders it
  ascii_capital = 32,
  other_capital = 64  // not A-Z, but lower_case changes it
};

uint8_t properties_of(char32_t c, bool whole_cjk_extension_e) {
  const auto stays = [c](const CodePoints& points) { return points.size == 1 && points.value[0] == c; };
  uint8_t properties = 0;
  if (is_whitespace(c)) properties |= whitespace;
  if (c == 0 || c == 0xFFFD || is_control(c)) properties |= dropped;
  if (is_punctuation(c)) properties |= punctuation;
  if (is_cjk(c, whole_cjk_extension_e)) properties |= chinese;
  if (!stays(decompose(c)) || combining_class(c) != 0 || is_nonspacing_mark(c)) properties |= accented;
  if (!stays(lower_case(c))) properties |= c < 0x80 ? ascii_capital : other_capital;
  return properties;
}

// Tests properties in the same order as `normalize` and `split_words`.
CharacterKind kind_of(uint8_t properties, const NormalizerOptions& options) {
  const auto has = [properties](Property property) { return (properties & property) != 0; };
  if (options.clean_text && has(dropped)) return CharacterKind::changed;
  if (has(whitespace)) return CharacterKind::space;
  if (options.strip_accents && has(accented)) return CharacterKind::changed;
  if (options.do_lower_case && has(ascii_capital)) return CharacterKind::capital;
  if (options.do_lower_case && has(other_capital)) return CharacterKind::changed;
  if (has(punctuation) || (options.tokenize_chinese_chars && has(chinese))) return CharacterKind::alone;
  return CharacterKind::letter;
}

std::array<uint8_t, 0x10000> make_table() {
  std::array<uint8_t, 0x10000> table{};
  // Three quarters of the table are ranges of equal properties, which are filled without testing each character.
  struct Block {
    char32_t first, last;
    uint8_t properties;
  };
  constexpr Block blocks[] = {{0x3400, 0x4DBF, chinese},
                              {0x4E00, 0x9FFF, chinese},
                              {0xAC00, 0xD7A3, accented},
                              {0xD800, 0xDFFF, 0},  // surrogates: in no text
                              {0xE000, 0xF8FF, dropped}};
  char32_t c = 0;
  for (const Block& block : blocks) {
    for (; c < block.first; ++c) table[c] = properties_of(c, false);
    for (; c <= block.last; ++c) table[c] = block.properties;
  }
  for (; c < table.size(); ++c) table[c] = properties_of(c, false);
  return table;
}

}  // namespace

CharacterKinds::CharacterKinds(const NormalizerOptions& options) : options_(options) {
  static const std::array<uint8_t, 0x10000> properties = make_table();
  properties_ = properties.data();
  for (size_t i = 0; i < kinds_.size(); ++i) kinds_[i] = kind_of(static_cast<uint8_t>(i), options);
}

CharacterKind CharacterKinds::kind_beyond_table(char32_t c) const {
  return kind_of(properties_of(c, options_.whole_cjk_extension_e), options_);
}

}  // namespace mini_bert
