#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mini_bert/tokenizer/normalizer.h"
#include "mini_bert/tokenizer/prefix_trie.h"

namespace mini_bert {

// A token that is found in the text as a whole, before words are split: [MASK], or a word the user added.
struct AddedToken {
  std::string content = {};
  bool special = false;      // decode may skip it; never normalized away
  bool normalized = false;   // find its normalized form in the normalized text, instead of itself in the raw text
  bool lstrip = false;       // include the white space before it in the match
  bool rstrip = false;       // include the white space after it in the match
  bool single_word = false;  // match only where no word character touches it
  int32_t id = -1;           // set by the tokenizer
};

// A part of a text: one added token, or the text between two of them (id -1).
struct Segment {
  TextRange range;
  int32_t id = -1;
};

// Finds added tokens in a text. The leftmost match wins, and of several at one position the longest, as in
// AddedVocabulary of the `tokenizers` package.
class AddedTokens {
 public:
  AddedTokens() = default;
  AddedTokens(std::vector<AddedToken> tokens, const NormalizerOptions& normalizer);

  // Cuts the raw text at the tokens that are not `normalized`. Ignores special tokens when `specials` is false.
  std::vector<Segment> cut_raw(std::string_view text, bool specials) const;

  // Cuts a normalized text at the tokens that are `normalized`.
  std::vector<Segment> cut_normalized(std::string_view text) const;

  // Whether any token is `normalized`.
  bool any_normalized() const { return !normalized_.trie.empty(); }

  const std::vector<AddedToken>& tokens() const { return tokens_; }

 private:
  // The strings to find in the raw or the normalized text, and the bytes they begin with.
  struct Set {
    PrefixTrie trie;
    bool begins_with[256] = {};
    void add(std::string_view content, size_t index);
  };
  std::vector<Segment> cut(std::string_view text, const Set& set, bool specials) const;
  bool accepts(const AddedToken& token, std::string_view text, TextRange match, bool specials) const;

  std::vector<AddedToken> tokens_;
  Set raw_;
  Set normalized_;
};

}  // namespace mini_bert
