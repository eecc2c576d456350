#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "mini_bert/base/utf8.h"
#include "mini_bert/tokenizer/prefix_trie.h"
#include "mini_bert/tokenizer/vocabulary.h"

namespace mini_bert {

// One piece of a word: its token and the bytes of the word it covers.
struct Piece {
  int32_t id;
  TextRange range;
};

// Splits a word greedily: the longest token that the word begins with, then the longest "##" token that the rest begins
// with, and so on. When no token fits, or the word has more than `max_characters` code points, the whole word becomes
// one [UNK]. Schuster and Nakajima 2012; Devlin et al. 2018, arXiv:1810.04805 §3.
class WordPiece {
 public:
  WordPiece(const Vocabulary& vocabulary, int32_t unk_id, std::string_view prefix, int32_t max_characters);

  // Appends the pieces of a word to `pieces`. Takes O(bytes of the word × longest token) and allocates only `pieces`.
  void split(std::string_view word, std::vector<Piece>& pieces) const;

 private:
  PrefixTrie first_;                   // tokens a word may begin with
  PrefixTrie continuation_;            // tokens that begin with "##", without it
  std::vector<int32_t> of_character_;  // the id of a word that is one character below U+10000: Chinese, punctuation
  int32_t unk_id_;
  size_t max_characters_;
};

}  // namespace mini_bert
