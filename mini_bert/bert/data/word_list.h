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

// A set of words as the tokens they read as, which finds those that a text of tokens goes on with. Words of any
// language: a word is the same tokens alone and in a text, unless letters beside it make one longer word of both.
class WordList {
 public:
  using Ids = std::vector<std::int32_t>;

  // Adds a word; one that is there already changes nothing. Error for a word without tokens.
  void add(std::span<const std::int32_t> word);

  // The lengths, shortest first, of all words that `ids` begins with.
  std::vector<std::size_t> lengths_at(std::span<const std::int32_t> ids) const;

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  // FNV-1a of the words in sorted order: tells lists apart.
  std::uint64_t fingerprint() const;

 private:
  // A trie. An edge is (node, token id) and leads to a node; node 0 is the root.
  std::map<std::pair<std::uint32_t, std::int32_t>, std::uint32_t> edges_;
  std::vector<bool> ends_word_ = {false};  // per node
  std::size_t size_ = 0;
};

// The words of a list and those of them that no text of tokens can hold.
struct ReadWords {
  WordList words;
  std::vector<std::string> unusable;  // with characters that the vocabulary does not know
};

// Words as they are written.
ReadWords make_word_list(std::span<const std::string> words, const Tokenizer& tokenizer);

// Reads a file with a word a line. A word ends at a tab, or at white space before a number: what dictionaries for
// segmenters say about it (how often, which part of speech) is passed over. Empty lines are too. Error when no usable
// word is in it.
ReadWords read_word_list(const std::filesystem::path& path, const Tokenizer& tokenizer);

}  // namespace mini_bert
