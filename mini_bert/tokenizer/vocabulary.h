#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mini_bert {

// The tokens of a model and their ids, 0..size()-1. When a token occurs twice, find() returns the later id.
class Vocabulary {
 public:
  Vocabulary() = default;
  explicit Vocabulary(std::vector<std::string> tokens);

  // Reads vocab.txt: one token per line, whose id is the line number counted from 0. Only '\n' ends a line. White space
  // at the end of a line is dropped, as in the `tokenizers` package, unless nothing else is there. Other Unicode line
  // ends are ordinary characters: U+2028 is a token of bert-base-chinese, and splitting there would shift every id
  // after it. A byte order mark before the first token is dropped. Error when the file is missing, empty or not UTF-8.
  static Vocabulary read(const std::filesystem::path& path);

  // Parses the text of a vocab.txt; `name` is for messages.
  static Vocabulary parse(std::string_view text, const std::string& name = "vocab.txt");

  // The id of a token; no value when the vocabulary lacks it.
  std::optional<int32_t> find(std::string_view token) const;

  // The token of an id in 0..size()-1; Error for others.
  const std::string& token(int32_t id) const;

  int32_t size() const { return static_cast<int32_t>(tokens_.size()); }
  const std::vector<std::string>& tokens() const { return tokens_; }

  // Appends a token and returns its id, or the id it already has.
  int32_t add(const std::string& token);

  // The text of a vocab.txt that `parse` reads back. Error when a token contains a line end.
  std::string text() const;

 private:
  // The slot that holds the id of a token, or the free slot to put it in.
  size_t slot_of(std::string_view token) const;
  void enter(int32_t id);

  std::vector<std::string> tokens_;
  // A hash table of ids with open addressing, at most half full; -1: free. Nothing is allocated per token.
  std::vector<int32_t> slots_ = std::vector<int32_t>(16, -1);
};

}  // namespace mini_bert
