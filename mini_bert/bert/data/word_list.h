#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mini_bert/tokenizer/tokenizer.h"

namespace mini_bert {

// A set of words, stored as token ids, that finds the words with which a sequence of tokens begins. It works for any
// language: a word has the same tokens alone and in a text, unless letters beside it make it part of a longer word.
class WordList {
 public:
  using Ids = std::vector<std::int32_t>;

  // Adds a word. A word that is in the list already changes nothing. Throws Error for a word without tokens.
  void add(std::span<const std::int32_t> word);

  // The lengths in tokens, shortest first, of all words with which `ids` begins.
  std::vector<std::size_t> lengths_at(std::span<const std::int32_t> ids) const;

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  // The FNV-1a hash of the words in sorted order, which tells lists apart.
  std::uint64_t fingerprint() const;

 private:
  // A trie. An edge is (node, token id) and leads to a node; node 0 is the root.
  std::map<std::pair<std::uint32_t, std::int32_t>, std::uint32_t> edges_;
  std::vector<bool> ends_word_ = {false};  // per node
  std::size_t size_ = 0;
};

// The usable words of a list, and the words that cannot occur in a tokenized text.
struct ReadWords {
  WordList words;
  std::vector<std::string> unusable;  // words with characters that are not in the vocabulary
};

// Makes a word list of words as they are written, without the rules of read_word_list() for tabs and numbers.
ReadWords make_word_list(std::span<const std::string> words, const Tokenizer& tokenizer);

// Reads a file with one word per line. A word ends at a tab, or at a space before a number. Dictionaries for segmenters
// continue there with the word's frequency and part of speech, which are ignored. Empty lines are skipped. Throws Error
// when the file has no usable word.
ReadWords read_word_list(const std::filesystem::path& path, const Tokenizer& tokenizer);

}  // namespace mini_bert
