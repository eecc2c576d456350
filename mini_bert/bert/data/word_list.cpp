#include "mini_bert/bert/data/word_list.h"

#include <algorithm>
#include <string_view>

#include "mini_bert/base/error.h"
#include "mini_bert/base/file_error.h"
#include "mini_bert/base/utf8.h"
#include "mini_bert/bert/data/record_formats.h"
#include "mini_bert/files/mapped_file.h"
#include "mini_bert/tensor/fingerprint.h"

namespace mini_bert {
namespace {

bool is_digit(char c) {
  return '0' <= c && c <= '9';
}

// "诸葛亮 3 nr" and "诸葛亮\t3" give 诸葛亮; "New York" stays whole.
std::string_view word_of(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    const bool number_follows = line[i] == ' ' && i + 1 < line.size() && is_digit(line[i + 1]);
    if (line[i] == '\t' || (number_follows && i > 0)) return line.substr(0, i);
  }
  return line;
}

}  // namespace

void WordList::add(std::span<const std::int32_t> word) {
  require(!word.empty(), "a word without tokens cannot be put into a word list");
  std::uint32_t node = 0;
  for (const std::int32_t id : word) {
    const auto [edge, is_new] = edges_.try_emplace({node, id}, static_cast<std::uint32_t>(ends_word_.size()));
    if (is_new) ends_word_.push_back(false);
    node = edge->second;
  }
  size_ += !ends_word_[node];
  ends_word_[node] = true;
}

std::vector<std::size_t> WordList::lengths_at(std::span<const std::int32_t> ids) const {
  std::vector<std::size_t> lengths;
  std::uint32_t node = 0;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto edge = edges_.find({node, ids[i]});
    if (edge == edges_.end()) break;
    node = edge->second;
    if (ends_word_[node]) lengths.push_back(i + 1);
  }
  return lengths;
}

std::uint64_t WordList::fingerprint() const {
  Fingerprint fingerprint;
  // The walk is depth first along sorted edges, so the order in which words were added does not matter.
  std::vector<std::uint32_t> open = {0};
  while (!open.empty()) {
    const std::uint32_t node = open.back();
    open.pop_back();
    fingerprint.add(ends_word_[node]);
    for (auto edge = edges_.lower_bound({node, 0}); edge != edges_.end() && edge->first.first == node; ++edge) {
      fingerprint.add(static_cast<std::uint64_t>(edge->first.second));
      open.push_back(edge->second);
    }
    fingerprint.add(open.size());
  }
  return fingerprint.value();
}

ReadWords make_word_list(std::span<const std::string> words, const Tokenizer& tokenizer) {
  ReadWords result;
  for (const std::string& word : words) {
    const WordList::Ids ids = tokenizer.encode(word, {.add_special_tokens = false}).ids;
    if (ids.empty() || std::ranges::any_of(ids, [&](std::int32_t id) { return tokenizer.is_special(id); })) {
      result.unusable.push_back(word);
    } else {
      result.words.add(ids);
    }
  }
  return result;
}

ReadWords read_word_list(const std::filesystem::path& path, const Tokenizer& tokenizer) {
  const MappedFile file(path);
  std::string_view rest = require_utf8(file.text(), path.string());
  std::vector<std::string> words;
  while (!rest.empty()) {
    const std::string_view word = word_of(take_line(rest));
    if (!is_blank(word)) words.emplace_back(word);
  }
  require(!words.empty(), "{}: no word in it; write one a line", path.string());
  ReadWords result = make_word_list(words, tokenizer);
  require(
      !result.words.empty(),
      "{}: none of its {} words can be used, the first is {}: the vocabulary lacks characters of each; is it a list "
      "of words, one a line?",
      path.string(), words.size(), in_quotes(words.front()));
  return result;
}

}  // namespace mini_bert
