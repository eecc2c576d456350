#include "mini_bert/tokenizer/word_reader.h"

namespace mini_bert {

uint32_t WordReader::end_of_stretch(std::string_view text, uint32_t begin, uint32_t end) const {
  while (begin < end) {
    const auto [c, length] = decode(text, begin);
    const CharacterKind kind = kinds_[c];
    if (kind == CharacterKind::space || kind == CharacterKind::alone) break;
    begin += length;
  }
  return begin;
}

}  // namespace mini_bert
