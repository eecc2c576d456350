#include "mini_bert/tokenizer/word_piece.h"

namespace mini_bert {

WordPiece::WordPiece(const Vocabulary& vocabulary, int32_t unk_id, std::string_view prefix, int32_t max_characters)
    : of_character_(0x10000, unk_id), unk_id_(unk_id), max_characters_(static_cast<size_t>(max_characters)) {
  for (int32_t id = 0; id < vocabulary.size(); ++id) {
    const std::string_view token = vocabulary.token(id);
    // A word may begin with a token that begins with "##", because "##a" is a word when punctuation is not split off.
    if (token.empty()) continue;
    first_.add(token, id);
    const auto [c, length] = read_code_point(token, 0);
    if (length == token.size() && c < of_character_.size() && max_characters > 0) of_character_[c] = id;
    if (token.size() > prefix.size() && token.starts_with(prefix)) continuation_.add(token.substr(prefix.size()), id);
  }
}

void WordPiece::split(std::string_view word, std::vector<Piece>& pieces) const {
  if (word.empty()) return;
  const auto [c, length] = decode(word, 0);
  if (length == word.size() && c < of_character_.size()) {
    pieces.push_back({of_character_[c], {0, length}});
    return;
  }
  const size_t before = pieces.size();
  const auto size = static_cast<uint32_t>(word.size());
  bool known = word.size() <= max_characters_ || count_code_points(word) <= max_characters_;
  for (uint32_t begin = 0; known && begin < size;) {
    const PrefixTrie& tokens = begin == 0 ? first_ : continuation_;
    const PrefixTrie::Match match = tokens.longest_prefix(word.substr(begin));
    known = match.value >= 0;
    pieces.push_back({match.value, {begin, begin + match.length}});
    begin += match.length;
  }
  if (known) return;
  pieces.resize(before);
  pieces.push_back({unk_id_, {0, size}});
}

}  // namespace mini_bert
