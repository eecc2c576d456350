#include "mini_bert/tokenizer/added_tokens.h"

#include <algorithm>

#include "mini_bert/tokenizer/unicode.h"

namespace mini_bert {
namespace {

// The code point that ends at `end`; end > 0.
CodePoint read_code_point_before(std::string_view text, size_t end) {
  size_t begin = end - 1;
  while (begin > 0 && is_continuation(text[begin])) --begin;
  return read_code_point(text, begin);
}

bool word_character_before(std::string_view text, size_t end) {
  return end > 0 && is_word_character(read_code_point_before(text, end).value);
}

bool word_character_at(std::string_view text, size_t begin) {
  return begin < text.size() && is_word_character(read_code_point(text, begin).value);
}

uint32_t skip_space_backward(std::string_view text, uint32_t end, uint32_t limit) {
  while (end > limit) {
    const CodePoint before = read_code_point_before(text, end);
    if (!is_whitespace(before.value)) break;
    end -= before.length;
  }
  return end;
}

uint32_t skip_space_forward(std::string_view text, uint32_t begin) {
  while (begin < text.size()) {
    const CodePoint next = read_code_point(text, begin);
    if (!is_whitespace(next.value)) break;
    begin += next.length;
  }
  return begin;
}

}  // namespace

void AddedTokens::Set::add(std::string_view content, size_t index) {
  trie.add(content, static_cast<int32_t>(index));
  begins_with[static_cast<unsigned char>(content[0])] = true;
}

AddedTokens::AddedTokens(std::vector<AddedToken> tokens, const NormalizerOptions& normalizer)
    : tokens_(std::move(tokens)) {
  for (size_t i = 0; i < tokens_.size(); ++i) {
    const AddedToken& token = tokens_[i];
    const std::string content = token.normalized ? normalize(token.content, normalizer).text : token.content;
    if (!content.empty()) (token.normalized ? normalized_ : raw_).add(content, i);
  }
}

bool AddedTokens::accepts(const AddedToken& token, std::string_view text, TextRange match, bool specials) const {
  if (token.special && !specials) return false;
  return !token.single_word || (!word_character_before(text, match.begin) && !word_character_at(text, match.end));
}

std::vector<Segment> AddedTokens::cut(std::string_view text, const Set& set, bool specials) const {
  std::vector<Segment> segments;
  const auto size = static_cast<uint32_t>(text.size());
  uint32_t done = 0;
  for (uint32_t i = 0; i < size;) {
    PrefixTrie::Match found;
    if (set.begins_with[static_cast<unsigned char>(text[i])]) found = set.trie.longest_prefix(text.substr(i));
    if (found.value < 0) {
      ++i;
      continue;
    }
    const AddedToken& token = tokens_[static_cast<size_t>(found.value)];
    TextRange match{i, i + found.length};
    i = match.end;
    if (!accepts(token, text, match, specials)) continue;
    if (token.lstrip) match.begin = skip_space_backward(text, match.begin, done);
    // The search goes on right behind the match, so the next token may begin in the white space swallowed here.
    if (token.rstrip) match.end = skip_space_forward(text, match.end);
    if (match.begin > done) segments.push_back({{done, match.begin}, -1});
    segments.push_back({match, token.id});
    done = match.end;
  }
  if (done < size) segments.push_back({{done, size}, -1});
  return segments;
}

std::vector<Segment> AddedTokens::cut_raw(std::string_view text, bool specials) const {
  return cut(text, raw_, specials);
}

std::vector<Segment> AddedTokens::cut_normalized(std::string_view text) const {
  return cut(text, normalized_, true);
}

}  // namespace mini_bert
