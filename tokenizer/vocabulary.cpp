#include "tokenizer/vocabulary.h"

#include <fmt/format.h>

#include <algorithm>

#include "tokenizer/error.h"
#include "tokenizer/files.h"
#include "tokenizer/utf8.h"

namespace mini_bert {
namespace {

// No vocabulary comes near; a file that does is something else, and ids must fit int32_t.
constexpr size_t max_tokens = 10'000'000;

}  // namespace

Vocabulary::Vocabulary(std::vector<std::string> tokens) : tokens_(std::move(tokens)) {
  ids_.reserve(tokens_.size());
  for (size_t i = 0; i < tokens_.size(); ++i) ids_[tokens_[i]] = static_cast<int32_t>(i);
}

Vocabulary Vocabulary::read(const std::filesystem::path& path) {
  return parse(read_text_file(path), path.string());
}

Vocabulary Vocabulary::parse(std::string_view text, const std::string& name) {
  if (text.empty()) throw TokenizerError(fmt::format("{}: is empty; expected one token per line", name));
  std::vector<std::string> tokens;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (find_ill_formed(line) != std::string_view::npos) {
      throw TokenizerError(fmt::format("{}: line {} is not UTF-8 from its byte {} on; save the file as UTF-8", name,
                                       tokens.size() + 1, find_ill_formed(line)));
    }
    if (tokens.size() >= max_tokens) {
      throw TokenizerError(fmt::format("{}: has more than {} lines; expected a vocabulary", name, max_tokens));
    }
    tokens.emplace_back(line);
  }
  return Vocabulary(std::move(tokens));
}

std::optional<int32_t> Vocabulary::find(std::string_view token) const {
  const auto found = ids_.find(token);
  if (found == ids_.end()) return std::nullopt;
  return found->second;
}

const std::string& Vocabulary::token(int32_t id) const {
  if (id < 0 || id >= size()) {
    throw TokenizerError(fmt::format("token id {} is outside the vocabulary: expected 0..{}", id, size() - 1));
  }
  return tokens_[static_cast<size_t>(id)];
}

int32_t Vocabulary::add(const std::string& token) {
  if (const auto id = find(token)) return *id;
  tokens_.push_back(token);
  return ids_[token] = size() - 1;
}

std::string Vocabulary::text() const {
  std::string text;
  for (const std::string& token : tokens_) {
    if (token.find('\n') != std::string::npos || token.ends_with('\r')) {
      throw TokenizerError(fmt::format("token '{}' holds a line end, which vocab.txt cannot; remove it", token));
    }
    text += token;
    text += '\n';
  }
  return text;
}

}  // namespace mini_bert
