#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "mini_bert/tokenizer/word_reader.h"

namespace mini_bert {

// Counts the words of a text, line by line. Words are those that the tokenizer will see.
class WordCounter {
 public:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view word) const { return std::hash<std::string_view>{}(word); }
  };
  using Counts = std::unordered_map<std::string, uint64_t, Hash, std::equal_to<>>;

  explicit WordCounter(const NormalizerOptions& normalizer = {}) : reader_(normalizer) {}

  // Normalizes a line, splits it and counts its words. Error when it is not UTF-8.
  void add_line(std::string_view line);

  const Counts& counts() const { return counts_; }
  uint64_t lines() const { return lines_; }
  uint64_t characters() const { return characters_; }  // code points read, before normalization

 private:
  WordReader reader_;
  Counts counts_;
  uint64_t lines_ = 0;
  uint64_t characters_ = 0;
};

}  // namespace mini_bert
