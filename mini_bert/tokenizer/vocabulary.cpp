#include "mini_bert/tokenizer/vocabulary.h"

#include <fmt/core.h>

#include <algorithm>
#include <bit>
#include <functional>

#include "mini_bert/base/error.h"
#include "mini_bert/base/foreign_error.h"
#include "mini_bert/base/text_file.h"
#include "mini_bert/base/utf8.h"
#include "mini_bert/tokenizer/unicode.h"

namespace mini_bert {
namespace {

// Far more than any vocabulary has. A larger file is something else, and ids must fit int32_t.
constexpr size_t max_tokens = 10'000'000;

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

// A well-formed line without the white space at its end. A line of nothing else stays as it is.
std::string_view without_trailing_space(std::string_view line) {
  size_t end = 0;
  for (size_t i = 0; i < line.size();) {
    const CodePoint c = read_code_point(line, i);
    i += c.length;
    if (!is_whitespace(c.value)) end = i;
  }
  return end == 0 ? line : line.substr(0, end);
}

}  // namespace

Vocabulary::Vocabulary(std::vector<std::string> tokens) : tokens_(std::move(tokens)) {
  slots_.assign(std::bit_ceil(2 * tokens_.size() + 16), -1);
  for (int32_t id = 0; id < size(); ++id) enter(id);
}

size_t Vocabulary::slot_of(std::string_view token) const {
  size_t slot = std::hash<std::string_view>{}(token) & (slots_.size() - 1);
  while (slots_[slot] >= 0 && tokens_[static_cast<size_t>(slots_[slot])] != token) {
    slot = (slot + 1) & (slots_.size() - 1);
  }
  return slot;
}

void Vocabulary::enter(int32_t id) {
  slots_[slot_of(tokens_[static_cast<size_t>(id)])] = id;
}

Vocabulary Vocabulary::read(const std::filesystem::path& path) {
  return with_file_name(path.string(), [&] { return parse(read_text_file(path), path.string()); });
}

Vocabulary Vocabulary::parse(std::string_view text, const std::string& name) {
  if (text.empty()) fail("{}: is empty; expected one token per line", name);
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  std::vector<std::string> tokens;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (find_ill_formed(line) != std::string_view::npos) {
      fail("{}: line {} is not UTF-8 from its byte {} on; save the file as UTF-8", name, tokens.size() + 1,
           find_ill_formed(line));
    }
    if (tokens.size() >= max_tokens) {
      fail("{}: has more than {} lines; expected a vocabulary", name, max_tokens);
    }
    tokens.emplace_back(without_trailing_space(line));
  }
  return Vocabulary(std::move(tokens));
}

std::optional<int32_t> Vocabulary::find(std::string_view token) const {
  const int32_t id = slots_[slot_of(token)];
  if (id < 0) return std::nullopt;
  return id;
}

const std::string& Vocabulary::token(int32_t id) const {
  if (id < 0 || id >= size()) {
    fail("token id {} is outside the vocabulary: expected 0..{}", id, size() - 1);
  }
  return tokens_[static_cast<size_t>(id)];
}

int32_t Vocabulary::add(const std::string& token) {
  if (const auto id = find(token)) return *id;
  tokens_.push_back(token);
  if (2 * tokens_.size() > slots_.size()) {
    slots_.assign(2 * slots_.size(), -1);
    for (int32_t id = 0; id < size(); ++id) enter(id);
  } else {
    enter(size() - 1);
  }
  return size() - 1;
}

std::string Vocabulary::text() const {
  std::string text;
  for (const std::string& token : tokens_) {
    if (token.find('\n') != std::string::npos || token.ends_with('\r')) {
      fail("token '{}' holds a line end, which vocab.txt cannot; remove it", token);
    }
    text += token;
    text += '\n';
  }
  return text;
}

}  // namespace mini_bert
