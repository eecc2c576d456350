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
  bool normalized = false;   // look for it (itself normalized) in the normalized text, not in the raw one
  bool lstrip = false;       // swallow the white space before it
  bool rstrip = false;       // swallow the white space after it
  bool single_word = false;  // only where no word character touches it
  int32_t id = -1;           // set by the tokenizer
};

// A stretch of a text: one added token, or (id -1) what lies between two of them.
struct Segment {
  TextRange range;
  int32_t id = -1;
};

// Finds added tokens: leftmost first, of those the longest. As the `tokenizers` package's AddedVocabulary.
class AddedTokens {
 public:
  AddedTokens() = default;
  AddedTokens(std::vector<AddedToken> tokens, const NormalizerOptions& normalizer);

  // Cuts the raw text at the tokens that are not `normalized`; leaves out special ones when `specials` is false.
  std::vector<Segment> cut_raw(std::string_view text, bool specials) const;

  // Cuts a normalized text at the tokens that are.
  std::vector<Segment> cut_normalized(std::string_view text) const;

  // Whether there is anything to find in normalized texts.
  bool any_normalized() const { return !normalized_.trie.empty(); }

  const std::vector<AddedToken>& tokens() const { return tokens_; }

 private:
  // The strings looked for in one of the two texts, and the bytes they begin with.
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
