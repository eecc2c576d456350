#include "tokenizer/word_piece.h"

namespace mini_bert {

WordPiece::WordPiece(const Vocabulary& vocabulary, int32_t unk_id, std::string_view prefix, int32_t max_characters)
    : unk_id_(unk_id), max_characters_(static_cast<size_t>(max_characters)) {
  for (int32_t id = 0; id < vocabulary.size(); ++id) {
    const std::string_view token = vocabulary.token(id);
    // A word may begin with a token that itself begins with "##": where no punctuation is split off, "##a" is a word.
    if (!token.empty()) first_.add(token, id);
    if (token.size() > prefix.size() && token.starts_with(prefix)) continuation_.add(token.substr(prefix.size()), id);
  }
}

void WordPiece::split(std::string_view word, std::vector<Piece>& pieces) const {
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
